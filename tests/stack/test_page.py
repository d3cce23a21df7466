"""The page, as a browser fetches it."""

import re
from urllib.parse import urljoin

import pytest
import requests

from handlers.page import ASSETS
from tests.stack.client import Client


@pytest.mark.parametrize("slash", ["", "/"])
def test_the_page_and_all_that_it_loads_are_served_with_and_without_the_last_slash(client: Client, slash: str) -> None:
    page = requests.get(client.url + slash, timeout=30)
    assert page.status_code == 200
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    (base,) = re.findall(r'<base href="([^"]+)">', page.text)
    loaded = [
        urljoin(urljoin(page.url, base), path) for path in re.findall(r'(?:src|href)="(assets/[^"]+)"', page.text)
    ]
    assert {address.rpartition("/")[2] for address in loaded} == set(ASSETS)
    for address in loaded:
        asset = requests.get(address, timeout=30)
        assert asset.status_code == 200
        assert re.match("text/(css|javascript); charset=utf-8", asset.headers["Content-Type"])
        again = requests.get(address, headers={"If-None-Match": asset.headers["ETag"]}, timeout=30)
        assert (again.status_code, again.text) == (304, "")


def test_a_route_that_is_not_there_is_a_problem_too(client: Client) -> None:
    answer = requests.get(client.url + "/nowhere", timeout=30)
    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["status"] == 404
