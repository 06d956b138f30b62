"""Which addresses may be spoken to, and through which proxy."""

import pytest

from usagetray.edges.origins import checked_origin, checked_override, proxy_for, url
from usagetray.errors import UserError


@pytest.mark.parametrize("text", ["http://127.0.0.1:8080", "http://[::1]:1"])
def test_a_loopback_literal_with_a_port_may_stand_in_for_a_provider(text: str) -> None:
    assert checked_override(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "https://provider.example",
        "http://provider.example:80",
        "http://localhost:8080",
        "http://127.0.0.1",
        "http://127.0.0.1:0",
        "http://127.0.0.1:65536",
        "http://127.0.0.1:80/",
        "http://127.0.0.1:80/path",
        "http://127.0.0.1:80?x",
        "http://127.0.0.1:80#x",
        "http://provider.example@127.0.0.1:80",
        "http://127.0.0.1:80@provider.example:80",
        "http://127.0.0.1.provider.example:80",
        "http://127.1:80",
        "http://2130706433:80",
        "http://0.0.0.0:80",
        "HTTP://127.0.0.1:80",
        " http://127.0.0.1:80",
        "http://127.0.0.1:80\n",
        "http://127.0.0.1:\u0668\u0660",
        "",
    ],
)
def test_nothing_else_may(text: str) -> None:
    with pytest.raises(UserError, match=r"127\.0\.0\.1:PORT"):
        checked_override(text)


@pytest.mark.parametrize("text", ["https://api.provider.example", "https://api.provider.example:8443"])
def test_a_provider_is_reached_by_https(text: str) -> None:
    assert checked_origin(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "http://api.provider.example",
        "https://api.provider.example.",
        "https://API.provider.example",
        "https://user@api.provider.example",
        "https://api.provider.example/",
        "https://api.provider.example:0",
        "https://api.provider.example:99999",
        "https://api..example",
        "https://ap\u0456.provider.example",
        "https://api.provider.example\\@other.example",
        "https://",
        "ftp://api.provider.example",
    ],
)
def test_a_look_alike_origin_is_refused(text: str) -> None:
    with pytest.raises(UserError):
        checked_origin(text)


def test_a_path_is_put_behind_its_origin() -> None:
    assert url("https://a.example", "/api/usage?days=7") == "https://a.example/api/usage?days=7"


@pytest.mark.parametrize(
    "path", ["usage", "//other.example/", "@other.example/", ".other.example/", "/a b", "/a\n", "/a\\b", "/a#b", ""]
)
def test_a_path_cannot_lead_to_another_origin(path: str) -> None:
    with pytest.raises(ValueError, match="path"):
        url("https://a.example", path)


def test_the_systems_proxy_is_used_for_a_provider() -> None:
    assert proxy_for("https://a.example", {"https": "http://proxy.example:3128"}) == "http://proxy.example:3128"
    assert proxy_for("https://a.example", {"all": "proxy.example:3128"}) == "http://proxy.example:3128"
    assert proxy_for("https://a.example", {"http": "http://proxy.example:3128"}) is None


def test_loopback_never_goes_through_a_proxy() -> None:
    proxies = {"http": "http://proxy.example:3128", "all": "http://proxy.example:3128"}

    assert proxy_for("http://127.0.0.1:80", proxies) is None
    assert proxy_for("http://[::1]:80", proxies) is None


@pytest.mark.parametrize(
    ("exceptions", "straight"),
    [
        ("*", True),
        ("a.example", True),
        (".a.example", True),
        ("example", True),
        ("*.example", True),
        ("other.example, A.EXAMPLE", True),
        ("a.example:443", True),
        ("a.example:8443", False),
        ("aa.example", False),
        ("b.a.example", False),
        ("xample", False),
        ("10.0.0.0/8", False),
        ("", False),
        (",,", False),
    ],
)
def test_the_exceptions_of_the_proxy_setting_hold(exceptions: str, straight: bool) -> None:
    proxies = {"https": "http://proxy.example:3128", "no": exceptions}

    assert (proxy_for("https://a.example", proxies) is None) is straight


def test_an_exception_may_be_a_network() -> None:
    proxies = {"https": "http://proxy.example:3128", "no": "10.0.0.0/8"}

    assert proxy_for("https://10.1.2.3", proxies) is None
    assert proxy_for("https://11.1.2.3", proxies) is not None
