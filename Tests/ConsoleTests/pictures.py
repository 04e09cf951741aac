"""Holds how the console's pages are laid out against what was recorded, and makes the pictures of docs/console.md.

usage: pictures.py ADDRESS LAYOUT PICTURES [record]

Pixels differ from machine to machine with its fonts, so that boxes are compared: every landmark, heading, table and row of
buttons has to be there, in its order, at its place across the page, and about as high. With 'record' both are written anew."""
import json
import os
import struct
import sys

from playwright.sync_api import sync_playwright

address, layout, pictures = sys.argv[1:4]
records = sys.argv[4:] == ["record"]
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
