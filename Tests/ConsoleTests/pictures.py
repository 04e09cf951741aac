"""Holds how the console's pages are laid out against what was recorded, and makes the pictures of docs/console.md.

usage: pictures.py ADDRESS LAYOUT PICTURES [record | pixels SHOTS]

Pixels differ from machine to machine with its fonts, so that boxes are compared: every landmark, heading, table and row of
buttons has to be there, in its order, at its place across the page, and about as high. With 'record' both are written anew.
With 'pixels', where browser and fonts are those that made the pictures, they are compared point by point; what is there
now is left in SHOTS."""
import base64
import json
import os
import struct
import sys

from playwright.sync_api import sync_playwright

address, layout, pictures = sys.argv[1:4]
records, pixels = sys.argv[4:] == ["record"], sys.argv[4:5] == ["pixels"]
PAGES = {"overview": "/", "queue": "/tasks", "attempt": "/attempts/write-guide-2"}
# Name, page, scheme, and size.
PICTURES = [
    ("console-overview", "overview", "light", 960, 600), ("console-attempt", "attempt", "light", 960, 560),
    ("console-narrow", "overview", "dark", 360, 700)]
BOXES = """() => [...document.querySelectorAll("header, nav, nav form, h1, main > section, main > section > h2, table, dl, p.actions, p.state, svg")]
    .map(each => {
        const box = each.getBoundingClientRect();
        const of = each.closest("section")?.getAttribute("aria-labelledby") ?? "top";
        return {name: `${of} ${each.tagName.toLowerCase()}${each.className && each.tagName !== "svg" ? "." + each.className : ""}`,
                left: box.left, width: box.width, top: box.top + scrollY, height: box.height};
    })"""
KEPT = 60_000
# So much of a picture may differ, and by so much a colour: the edges of letters are drawn a little otherwise now and then.
SHARE, COLOUR = 0.001, 24
# Counts the points that differ, in the browser itself.
COMPARE = """async ([old, now, colour]) => {
    const points = await Promise.all([old, now].map(async data => {
        const image = new Image();
        image.src = "data:image/png;base64," + data;
        await image.decode();
        const canvas = new OffscreenCanvas(image.width, image.height), context = canvas.getContext("2d");
        context.drawImage(image, 0, 0);
        return {width: image.width, height: image.height, data: context.getImageData(0, 0, image.width, image.height).data};
    }));
    const [first, second] = points;
    if (first.width !== second.width || first.height !== second.height) return 1;
    let count = 0;
    for (let at = 0; at < first.data.length; at += 4)
        if ([0, 1, 2].some(part => Math.abs(first.data[at + part] - second.data[at + part]) > colour)) count += 1;
    return count / (first.width * first.height);
}"""


def opened(browser, path, scheme, width, height):
    page = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": height}).new_page()
    # What a script changes while time passes is no part of a picture.
    page.route("**/assets/*.js", lambda route: route.abort())
    page.goto(address + path)
    return page


def differences(name, width, old, new):
    """What is not where it was; heights follow the fonts, places across the page do not."""
    if [box["name"] for box in old] != [box["name"] for box in new]:
        gone = [box["name"] for box in old if box["name"] not in {each["name"] for each in new}]
        more = [box["name"] for box in new if box["name"] not in {each["name"] for each in old}]
        return [f"{name} at {width}: other parts, or another order: gone {gone}, new {more}"]
    found, size = [], 0.03 * width
    for before, now in zip(old, new):
        for side in ("left", "width"):
            # What is as wide as its words is a little wider in another font.
            free = size if side == "left" or before["width"] > 0.8 * width else max(size, 0.25 * before["width"])
            if abs(before[side] - now[side]) > free:
                found.append(f"{name} at {width}: {before['name']}: {side} {before[side]:.0f} became {now[side]:.0f}")
        if abs(before["height"] - now["height"]) > max(30, 0.35 * before["height"]):
            found.append(f"{name} at {width}: {before['name']}: height {before['height']:.0f} became {now['height']:.0f}")
    return found


def measured(browser):
    boxes = {}
    for name, path in PAGES.items():
        for width in (360, 1280):
            page = opened(browser, path, "light", width, 900)
            found = page.evaluate(BOXES)
            boxes[f"{name} {width}"] = [{key: value if key == "name" else round(value) for key, value in box.items() if key != "top"} for box in found]
            page.context.close()
    return boxes


def take(browser):
    for name, page, scheme, width, height in PICTURES:
        opened(browser, PAGES[page], scheme, width, height).screenshot(path=f"{pictures}/{name}.png")


def repainted(browser, shots):
    """Pictures in which more than a little is painted otherwise."""
    judge = browser.new_context().new_page()
    for name, page, scheme, width, height in PICTURES:
        now = opened(browser, PAGES[page], scheme, width, height).screenshot(path=f"{shots}/{name}-now.png")
        with open(f"{pictures}/{name}.png", "rb") as file:
            old = file.read()
        share = judge.evaluate(COMPARE, [base64.b64encode(each).decode() for each in (old, now)] + [COLOUR])
        print(f"{name}: {100 * share:.3f} % of its points differ")
        if share > SHARE:
            yield f"{name}: {100 * share:.2f} % of its points differ, and {100 * SHARE} % may; what is there now is {shots}/{name}-now.png"


def unkept():
    """Pictures that are missing, of another size than this script makes, or too large to be kept."""
    for name, _, _, width, height in PICTURES:
        path = f"{pictures}/{name}.png"
        if not os.path.exists(path):
            yield f"{path} is missing"
            continue
        with open(path, "rb") as file:
            head = file.read(24)
        if struct.unpack(">II", head[16:24]) != (width, height):
            yield f"{path} is not {width} by {height}"
        if os.path.getsize(path) >= KEPT:
            yield f"{path} has {os.path.getsize(path)} bytes, and {KEPT} are kept"


with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
    if pixels:
        os.makedirs(sys.argv[5], exist_ok=True)
        problems = list(unkept()) or list(repainted(browser, sys.argv[5]))
        browser.close()
        sys.exit("\n".join(problems) or None)
    now = measured(browser)
    if records:
        take(browser)
        with open(layout, "w") as file:
            file.write("{\n" + ",\n".join(
                f' "{name}": [\n' + ",\n".join("  " + json.dumps(box) for box in boxes) + "\n ]" for name, boxes in now.items()) + "\n}\n")
    browser.close()
with open(layout) as file:
    old = json.load(file)
problems = list(unkept())
for name, boxes in now.items():
    page, width = name.split()
    problems += differences(page, int(width), old.get(name, []), boxes)
if problems:
    sys.exit("\n".join(problems) + "\nLEVIATHAN_RECORD=1 swift test --filter ConsolePictureTests records what is there now")
