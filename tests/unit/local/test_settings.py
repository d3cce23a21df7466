from pathlib import Path

import pytest

from local.problem import Problem
from local.settings import DEFAULT_STATE, Settings, without_aws


def test_nothing_set_means_the_usual_ports_and_folder() -> None:
    assert Settings.from_environment({}) == Settings(DEFAULT_STATE, 4566, 4567)


def test_a_second_copy_has_its_own_folder_and_ports(tmp_path: Path) -> None:
    environ = {"LOCAL_STATE": str(tmp_path), "LOCAL_AWS_PORT": "4800", "LOCAL_SAGEMAKER_PORT": "4801"}

    settings = Settings.from_environment(environ)

    assert settings == Settings(tmp_path, 4800, 4801)
    assert settings.base_url == "http://127.0.0.1:4800/_aws/execute-api/sentiment-local/local"


@pytest.mark.parametrize("value", ["no", "0", "65536", "-1", "80.5", "４５６６x"])
def test_what_is_no_port_is_refused_by_name(value: str) -> None:
    with pytest.raises(Problem, match=r"LOCAL_AWS_PORT is “.*”; it has to be a port number from 1 to 65535"):
        Settings.from_environment({"LOCAL_AWS_PORT": value})


def test_two_servers_cannot_have_one_port() -> None:
    with pytest.raises(Problem, match="both 4567; choose two ports"):
        Settings.from_environment({"LOCAL_AWS_PORT": "4567"})


def test_processes_see_nothing_of_the_users_aws_account(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ACCESS_KEY_ID", "HTTPS_PROXY", "PYTHONPATH"):
        monkeypatch.setenv(name, "the user's")

    environment = Settings().environment()

    assert "the user's" not in environment.values()
    assert environment["AWS_CONFIG_FILE"] == environment["AWS_SHARED_CREDENTIALS_FILE"] == "/dev/null"
    urls = [value for name, value in environment.items() if "ENDPOINT_URL" in name]
    assert len(urls) == 4
    assert all(url.startswith("http://127.0.0.1:") for url in urls)


def test_what_needs_the_network_keeps_the_users_proxy_and_loses_his_aws_profile() -> None:
    environment = without_aws({"HTTPS_PROXY": "http://proxy", "AWS_PROFILE": "work", "PYTHONHOME": "/x"})

    assert environment["HTTPS_PROXY"] == "http://proxy"
    assert "AWS_PROFILE" not in environment
    assert "PYTHONHOME" not in environment
