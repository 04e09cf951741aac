"""Walks through the console as a person with a keyboard does, with a script and without; two pages see each other's deeds."""
import sys

from playwright.sync_api import expect, sync_playwright

address = sys.argv[1]


def press_until(page, words):
    """Tab until what has the focus is called this."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()").startswith(words):
            return
    raise SystemExit(f"nothing called '{words}' can be reached by Tab")


def switch(page, words, reason, confirm):
    """Presses an action, says why, and confirms, by keyboard alone."""
    press_until(page, words)
    page.keyboard.press("Enter")
    page.wait_for_url("**/act/**")
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "reason":
            break
    page.keyboard.type(reason)
    press_until(page, confirm)
    page.keyboard.press("Enter")
    page.wait_for_url("**/")


with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
    problems = []
    for scripts in (True, False):
        context = browser.new_context(java_script_enabled=scripts)
        page = context.new_page()
        page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.goto(address + "/")
        if scripts:
            other = context.new_page()
            other.goto(address + "/")
            page.bring_to_front()
            switch(page, "Stop everything", "by keyboard", "Stop everything")
            expect(page.get_by_role("status")).to_contain_text("Done")
            # The other page was told, and nobody loaded it again.
            expect(other.locator("section[aria-labelledby=state]")).to_contain_text("STOPPED")
            switch(page, "Resume", "by keyboard again", "Resume")
            expect(other.locator("section[aria-labelledby=state]")).to_contain_text("ON")
            page.keyboard.press("/")
            assert page.evaluate("document.activeElement.id") == "q", "'/' does not lead to the search"
            page.keyboard.type("a1")
            page.keyboard.press("Enter")
            expect(page.get_by_role("heading", level=1)).to_have_text("Attempt a1")
        else:
            # Without a script the same forms do the same.
            page.get_by_role("link", name="Stop everything").click()
            page.locator("#reason").fill("without a script")
            page.get_by_role("button", name="Stop everything").click()
            expect(page.get_by_role("status")).to_contain_text("Done")
            expect(page.locator("section[aria-labelledby=state]")).to_contain_text("STOPPED")
        context.close()
    browser.close()
if problems:
    sys.exit("\n".join(problems))
