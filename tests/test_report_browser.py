"""The page in a browser: the graph leads to the claims, filters filter, and no script fails."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from theorycheck.showing.report import write_report
from theorycheck.statement.verdicts import Counterexample, Evidence, Verdict

webdriver = pytest.importorskip(
    "selenium.webdriver", reason="needs selenium: pip install 'theorycheck[test]'"
)
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
CHROMEDRIVER = shutil.which("chromedriver")
pytestmark = pytest.mark.skipif(not (CHROMIUM and CHROMEDRIVER), reason="needs chromium and chromedriver")

FLAGS = (
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--window-size=1300,900",),
)


def fake(claim: str, status: str, uses: tuple[str, ...] = (), **changes: Any) -> Verdict:
    links = ({"left": "a", "relation": "<=", "right": rf"\frac{{b_{n}}}{{2}}"} for n in range(3))
    fields: dict[str, Any] = {
        **{"claim": claim, "paper": "p", "label": claim.removeprefix("p/"), "kind": "inequality"},
        **{
            "status": status,
            "expected": status,
            "reason": "a reason",
            "statement": r"$x^2 \ge 0$",
            "printed": "",
        },
        **{"note": "", "hypotheses": (), "uses": uses, "corrects": None, "proof_gaps": ()},
        **{
            "expected_proof_gaps": (),
            "sharpness": None,
            "counterexample": None,
            "seed": 0,
            "budget": "quick",
        },
        **{"evidence": tuple(Evidence("link", f"link {n}", "verified", "", d) for n, d in enumerate(links))},
        **{"backend": "numpy", "versions": {}, "seconds": 0.0},
    }
    return Verdict(**{**fields, **changes})


def verdicts() -> list[Verdict]:
    wrong = Counterexample({"d": 1}, "2", "1", "<=", 64, "print(2 > 1)\n")
    chain = [fake(f"p/lemma-{n}", "proved", (f"p/lemma-{n - 1}",) if n else ()) for n in range(40)]
    alone = [fake(f"p/remark-{n}@a", "supported") for n in range(15)]
    return [*chain, *alone, fake("p/theorem-1", "refuted", ("p/lemma-3",), counterexample=wrong)]


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(flag)
    started = webdriver.Chrome(options=options, service=webdriver.ChromeService(CHROMEDRIVER))
    hook = "window.failures = []; addEventListener('error', (event) => failures.push(String(event.message)));"
    hook += "addEventListener('securitypolicyviolation', (event) => failures.push(event.violatedDirective));"
    started.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": hook})
    yield started
    started.quit()


@pytest.fixture
def page(driver: Any, tmp_path: Path) -> Iterator[Any]:
    driver.get_log("browser")
    driver.get("about:blank")
    driver.get(write_report(verdicts(), tmp_path).as_uri())
    yield driver
    assert driver.execute_script("return window.failures") == []
    assert [entry for entry in driver.get_log("browser") if entry["level"] == "SEVERE"] == []


def find(page: Any, selector: str) -> Any:
    return page.find_element("css selector", selector)


def in_view(page: Any, identifier: str) -> bool:
    """Whether an element's upper edge is in the window and below the sticky bar."""
    script = """const top = document.getElementById(arguments[0]).getBoundingClientRect().top;
        const bar = document.querySelector('.bar').getBoundingClientRect().bottom;
        return top >= bar - 1 && top < innerHeight - 40;"""
    return bool(page.execute_script(script, identifier))


def shown(page: Any) -> set[str]:
    articles = page.find_elements("css selector", "article.claim")
    return {article.get_attribute("id") for article in articles if article.is_displayed()}


def test_a_node_leads_to_its_claim(page: Any) -> None:
    assert not find(page, "#claim-p-remark-7\\@a > details").get_attribute("open")
    find(page, "a.node[href='#claim-p-remark-7@a']").click()
    assert page.execute_script("return document.querySelector('article:target').id") == "claim-p-remark-7@a"
    assert find(page, "#claim-p-remark-7\\@a > details").get_attribute("open")
    assert in_view(page, "claim-p-remark-7@a")


def test_a_node_works_from_the_keyboard(page: Any) -> None:
    page.execute_script("document.querySelector(\"a.node[href='#claim-p-theorem-1']\").focus()")
    assert "focus" in find(page, "#graph-drawing").get_attribute("class")
    page.switch_to.active_element.send_keys("\ue007")  # Enter
    assert find(page, "#claim-p-theorem-1 > details").get_attribute("open")
    assert in_view(page, "claim-p-theorem-1")


def test_filters_and_search(page: Any) -> None:
    assert len(shown(page)) == 56
    find(page, "#only-refuted").click()
    assert shown(page) == {"claim-p-theorem-1"}
    assert "1 of 56" in find(page, "#shown").text
    find(page, "#only-supported").click()
    assert len(shown(page)) == 16
    find(page, "#search").send_keys("remark-1")
    assert shown(page) == {f"claim-p-remark-{n}@a" for n in (1, 10, 11, 12, 13, 14)}


def test_a_link_shows_a_claim_that_is_filtered_out(page: Any) -> None:
    find(page, "#only-supported").click()
    assert "claim-p-theorem-1" not in shown(page)
    page.execute_script("location.hash = '#claim-p-theorem-1'")
    page.execute_async_script("requestAnimationFrame(() => requestAnimationFrame(arguments[0]))")
    assert "claim-p-theorem-1" in shown(page)
    assert in_view(page, "claim-p-theorem-1")


def test_buttons(page: Any) -> None:
    find(page, "#expand").click()
    assert len(page.find_elements("css selector", "article > details[open]")) == 56
    find(page, "#collapse").click()
    assert page.find_elements("css selector", "article > details[open]") == []
    width = find(page, "#graph-drawing").size["width"]
    find(page, "[data-zoom=in]").click()
    assert find(page, "#graph-drawing").size["width"] > width
    page.execute_script("location.hash = '#claim-p-theorem-1'")
    page.execute_async_script("requestAnimationFrame(() => requestAnimationFrame(arguments[0]))")
    button = find(page, "#claim-p-theorem-1 button.copy")
    button.click()
    page.execute_async_script("setTimeout(arguments[0], 50)")  # the clipboard answers asynchronously
    assert button.text in ("Copied", "Selected")


def test_formulas_are_rendered(page: Any) -> None:
    assert find(page, "article math msup").size["height"] > 0


def test_without_scripts(driver: Any, tmp_path: Path) -> None:
    path = write_report(verdicts(), tmp_path)
    driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        driver.get(path.as_uri())
        find(driver, "#only-refuted").click()
        articles = driver.find_elements("css selector", "article.claim")
        assert sum(article.is_displayed() for article in articles) == 1
        find(driver, "#claim-p-theorem-1 summary").click()
        assert find(driver, "#claim-p-theorem-1 pre").is_displayed()
        assert not find(driver, "#search").is_displayed()
    finally:
        driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
