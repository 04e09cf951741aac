"""Registers a GitHub App and chooses the first rules of a repository, as a person does, with a script and without.

usage: onboard.py ADDRESS GITHUB"""
import sys

from playwright.sync_api import expect, sync_playwright

address, github = sys.argv[1:3]


def register(page):
    """Through GitHub's own page and back, by the form that the console shows."""
    page.goto(address + "/onboarding")
    page.get_by_role("link", name="GitHub App …").click()
    page.locator("#host").select_option(github)
    page.locator("#name").fill("shop bot")
    page.locator("#reason").fill("for the shop")
    page.get_by_role("button", name="See what it may do").click()
    expect(page.locator("section[aria-labelledby=permissions]")).to_contain_text("to push branches that begin with agent/")
    page.get_by_role("button", name="Go on at").click()
    page.wait_for_url(address + "/onboarding/github")
    expect(page.get_by_role("status")).to_contain_text("is registered")
    link = page.get_by_role("link", name="Install it in repositories")
    assert link.get_attribute("href") == f"http://{github}/apps/shop-bot/installations/new", link.get_attribute("href")
    assert "PRIVATE KEY" not in page.content()


def choose(page):
    """Choices stay as they are on the way to the files, and back."""
    page.goto(address + "/onboarding")
    page.locator("#url").fill("https://forge.example/team/shop.git")
    page.get_by_role("radio", name="Documentation alone").check()
    page.get_by_role("radio", name="Ten, for a team").check()
    page.get_by_role("button", name="Look at the files").click()
    question = page.locator("section[aria-labelledby=question]")
    expect(question).to_contain_text("Documentation alone")
    expect(question).to_contain_text("Ten, for a team")
    page.get_by_role("link", name="Choose other rules").click()
    expect(page.get_by_role("radio", name="Documentation alone")).to_be_checked()
    expect(page.get_by_role("radio", name="Ten, for a team")).to_be_checked()
    expect(page.locator("#url")).to_have_value("https://forge.example/team/shop.git")


with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
    problems = []
    for scripts in (True, False):
        context = browser.new_context(java_script_enabled=scripts)
        page = context.new_page()
        page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: problems.append(str(error)))
        register(page)
        choose(page)
        context.close()
    browser.close()
if problems:
    sys.exit("\n".join(problems))
