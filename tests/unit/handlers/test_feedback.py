"""POST and DELETE /feedback, from the event to the bucket."""

import hashlib
import json
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handlers import feedback
from handlers.common.errors import Malformed, TooLarge
from handlers.common.limits import BODY_BYTES, FEEDBACK_CHARACTERS
from ml.feedback_rules import Feedback, parse
from ml.feedback_store import ACCEPTED, QUARANTINE
from tests.unit.handlers.faults import answer_lost, fails_for_good, intercepted
from tests.unit.handlers.lines import Lines
from tests.unit.handlers.stage import BUCKET, V1, Stage, endpoint_of, event, failure

HERS, HIS = "192.0.2.7", "198.51.100.9"
TEXT = "A good film, zanzibar"


@pytest.fixture(autouse=True)
def no_source_key_is_known_yet() -> None:
    feedback.source_key.cache_clear()


def post(body: Any, address: str = HERS, **changes: Any) -> tuple[int, dict[str, Any]]:
    request = event("POST", "/feedback", body) | changes
    request["requestContext"]["identity"] = {"sourceIp": address}
    answer = feedback.handler(request, None)
    return answer["statusCode"], json.loads(answer["body"])


def forget(name: str) -> int:
    answer = feedback.handler(event("DELETE", "/feedback/{id}", id=name), None)
    status: int = answer["statusCode"]
    return status


def kept(stage: Stage, folder: str = "quarantine") -> list[dict[str, Any]]:
    found = stage.s3.list_objects_v2(Bucket=BUCKET, Prefix=f"feedback/{folder}/").get("Contents", [])
    return [stage.get(each["Key"]) for each in found]


def test_feedback_is_kept_in_quarantine_with_what_the_model_says_of_it(stage: Stage) -> None:
    stage.serve(V1)
    status, answer = post({"text": TEXT, "sentiment": "negative"})
    assert status == 202
    found = stage.get(f"feedback/quarantine/{answer['id']}.json")
    source, at = found.pop("source"), found.pop("at")
    assert found == {"text": TEXT, "label": 0, "model": V1, "score": 0.9}
    assert at.endswith("+00:00")
    assert answer["id"] == hashlib.sha256(json.dumps([TEXT, 0, source]).encode()).hexdigest()
    assert kept(stage, "accepted") == []


def test_what_is_kept_is_what_data_sets_are_made_of(stage: Stage) -> None:
    stage.serve(V1)
    name = post({"text": TEXT, "sentiment": "negative"})[1]["id"]
    found = kept(stage)[0]
    document = stage.s3.get_object(Bucket=BUCKET, Key=f"feedback/{QUARANTINE}/{name}.json")["Body"].read()
    assert parse(name, document) == Feedback(name, TEXT, 0, found["source"])
    assert {f"feedback/{folder}/" for folder in (QUARANTINE, ACCEPTED)} == {feedback.QUARANTINE, feedback.ACCEPTED}


def test_the_same_feedback_twice_is_one_and_stays_as_it_was_first(stage: Stage) -> None:
    stage.serve(V1)
    body = {"text": TEXT, "sentiment": "negative"}
    first = post(body)
    before = kept(stage)
    stage.endpoints.answer = lambda request: b'{"scores": [0.5]}'
    assert post(body) == first
    assert kept(stage) == before


def test_another_sender_another_label_and_another_text_are_feedback_of_their_own(stage: Stage) -> None:
    stage.serve(V1)
    ids = {
        post({"text": text, "sentiment": sentiment}, address)[1]["id"]
        for text in ("good", "good.")
        for sentiment in ("positive", "negative")
        for address in (HERS, HIS)
    }
    assert len(ids) == len(kept(stage)) == 8


def test_the_sender_s_address_is_kept_nowhere_and_without_the_stage_s_key_no_guess_tells_it(stage: Stage) -> None:
    stage.serve(V1)
    post({"text": TEXT, "sentiment": "negative"})
    (found,) = kept(stage)
    assert HERS not in json.dumps(found)
    assert found["source"] != hashlib.sha256(HERS.encode()).hexdigest()
    assert feedback.source_of(HERS, feedback.source_key()) == found["source"]
    assert feedback.source_of(HERS, b"another stage's") != found["source"]


def test_all_processes_of_a_stage_know_a_sender_by_the_same_name(stage: Stage) -> None:
    stage.serve(V1)
    first = post({"text": TEXT, "sentiment": "negative"})
    feedback.source_key.cache_clear()  # another process
    assert post({"text": TEXT, "sentiment": "negative"}) == first


def test_of_two_processes_that_make_the_key_at_once_one_does(stage: Stage) -> None:
    def meet(operation: str, send: Any) -> Any:
        if operation == "PutObject" and not others:
            others.append(True)
            stage.put(feedback.SOURCE_KEY, b"of the other process")
        return send()

    others: list[bool] = []
    with intercepted(meet):
        assert feedback.source_key() == b"of the other process"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),  # one household
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("192.0.2.7", "192.0.2.8", False),
        ("test-invoke-source-ip", "test-invoke-source-ip", True),
    ],
)
def test_a_sender_is_an_ipv4_address_or_an_ipv6_network(one: str, other: str, same: bool) -> None:
    assert (feedback.source_of(one, b"key") == feedback.source_of(other, b"key")) is same


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("{", 400),
        ("[]", 400),
        (None, 400),
        ({}, 400),
        ({"text": "good"}, 400),
        ({"sentiment": "positive"}, 400),
        ({"text": 5, "sentiment": "positive"}, 400),
        ({"text": None, "sentiment": "positive"}, 400),
        ({"text": "good", "sentiment": "Positive"}, 400),
        ({"text": "good", "sentiment": 1}, 400),
        ({"text": "good", "sentiment": ["positive"]}, 400),
        ({"text": "good", "sentiment": "positive", "source": "me"}, 400),
        ({"text": "g" * (FEEDBACK_CHARACTERS + 1), "sentiment": "positive"}, 413),
        ({"text": "g" * BODY_BYTES, "sentiment": "positive"}, 413),
        ({"text": "", "sentiment": "positive"}, 422),
        ({"text": "😀 …", "sentiment": "positive"}, 422),
    ],
)
def test_bad_feedback_gets_its_status_and_is_not_kept(stage: Stage, body: Any, status: int) -> None:
    stage.serve(V1)
    got, answer = post(body)
    assert (got, answer["status"]) == (status, status)
    assert answer["detail"]
    assert kept(stage) == []


def test_feedback_that_is_not_said_to_be_json_is_refused(stage: Stage) -> None:
    assert post({"text": "good", "sentiment": "positive"}, headers={"content-type": "text/plain"})[0] == 415


SENT = st.one_of(st.none(), st.booleans(), st.integers(), st.text(), st.lists(st.text()), st.sampled_from(["negative"]))


@given(st.dictionaries(st.sampled_from(["text", "sentiment", "explain"]), SENT))
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # the first text takes a while, by itself
def test_whatever_is_sent_is_refused_in_a_sentence_or_is_a_text_and_a_label(sent: dict[str, Any]) -> None:
    found: Any
    try:
        text, label = feedback.read(sent)
        found = {"text": text, "sentiment": ("negative", "positive")[label]}
    except (Malformed, TooLarge) as error:
        found = str(error)
    assert found == sent or (isinstance(found, str) and found.endswith("."))


@given(st.text(), st.sampled_from([0, 1]), st.text(), st.text(), st.sampled_from([0, 1]), st.text())
def test_an_id_tells_texts_labels_and_sources_apart(
    text: str, label: int, source: str, other_text: str, other_label: int, other_source: str
) -> None:
    same = (text, label, source) == (other_text, other_label, other_source)
    name = feedback.id_of(text, label, source)
    assert (name == feedback.id_of(other_text, other_label, other_source)) is same
    assert feedback.ID.fullmatch(name)


def test_half_a_character_is_kept_as_it_was_sent(stage: Stage) -> None:
    stage.serve(V1)
    assert post('{"text": "good \\ud800", "sentiment": "positive"}')[0] == 202
    assert kept(stage)[0]["text"] == "good \ud800"


@pytest.mark.parametrize("error", [failure("ModelNotReadyException", 429), ReadTimeoutError(endpoint_url="secret")])
def test_feedback_that_no_model_can_judge_now_is_kept_all_the_same(stage: Stage, error: Exception) -> None:
    stage.serve(V1)
    stage.endpoints.failures[endpoint_of(V1)] = error
    assert post({"text": TEXT, "sentiment": "negative"})[0] == 202
    (found,) = kept(stage)
    assert (found["text"], found["model"], found["score"]) == (TEXT, None, None)


def test_feedback_is_kept_before_the_first_model_serves(stage: Stage) -> None:
    stage.serve()
    assert post({"text": TEXT, "sentiment": "negative"})[0] == 202
    assert post({"text": "g" * (FEEDBACK_CHARACTERS + 1), "sentiment": "negative"})[0] == 413
    assert len(kept(stage)) == 1


def test_a_stage_that_is_being_made_or_removed_keeps_none(stage: Stage) -> None:
    status, answer = post({"text": TEXT, "sentiment": "negative"})
    assert (status, kept(stage)) == (503, [])
    assert "being set up or removed" in answer["detail"]
    assert stage.s3.list_objects_v2(Bucket=BUCKET)["KeyCount"] == 0


@pytest.mark.parametrize(
    ("operation", "code", "status", "answered"),
    [
        ("PutObject", "AccessDenied", 403, 500),
        ("PutObject", "SlowDown", 503, 503),
        ("PutObject", "ConditionalRequestConflict", 409, 503),
        ("GetObject", "InternalError", 500, 503),
    ],
)
def test_what_could_not_be_stored_is_not_acknowledged(
    stage: Stage, operation: str, code: str, status: int, answered: int
) -> None:
    stage.serve(V1)
    feedback.source_key()
    with fails_for_good(operation, code, status):
        assert post({"text": TEXT, "sentiment": "negative"})[0] == answered
    assert kept(stage) == []


def test_when_s3_s_answer_is_lost_sending_again_makes_one_of_both(stage: Stage) -> None:
    stage.serve(V1)
    feedback.source_key()
    with intercepted(lambda operation, send: answer_lost(send) if operation == "PutObject" else send()):
        assert post({"text": TEXT, "sentiment": "negative"})[0] == 503
    assert post({"text": TEXT, "sentiment": "negative"})[0] == 202
    assert len(kept(stage)) == 1


def test_feedback_that_is_deleted_is_in_no_folder_and_deleting_it_again_is_no_error(stage: Stage) -> None:
    stage.serve(V1)
    name = post({"text": TEXT, "sentiment": "negative"})[1]["id"]
    stage.put(f"feedback/accepted/{name}.json", stage.get(f"feedback/quarantine/{name}.json"))
    other = post({"text": TEXT, "sentiment": "negative"}, HIS)[1]["id"]
    assert [forget(name), forget(name)] == [204, 204]
    assert kept(stage, "accepted") == []
    assert [feedback.id_of(each["text"], each["label"], each["source"]) for each in kept(stage)] == [other]


def test_of_feedback_that_is_deleted_no_old_version_can_be_brought_back(stage: Stage) -> None:
    stage.s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    stage.serve(V1)
    name = post({"text": TEXT, "sentiment": "negative"})[1]["id"]
    for key in (f"feedback/{folder}/{name}.json" for folder in ("quarantine", "accepted")):
        stage.put(key, {"text": "an older version"})
        stage.s3.delete_object(Bucket=BUCKET, Key=key)
        stage.put(key, {"text": TEXT})
    other = post({"text": TEXT, "sentiment": "negative"}, HIS)[1]["id"]
    assert [forget(name), forget(name)] == [204, 204]
    left = stage.s3.list_object_versions(Bucket=BUCKET, Prefix="feedback/")
    assert [each["Key"] for each in left["Versions"]] == [f"feedback/quarantine/{other}.json"]
    assert "DeleteMarkers" not in left


def test_feedback_of_which_s3_keeps_a_version_is_not_said_to_be_deleted(stage: Stage) -> None:
    stage.serve(V1)
    name = post({"text": TEXT, "sentiment": "negative"})[1]["id"]
    with fails_for_good("DeleteObject", "AccessDenied", 403):
        assert forget(name) == 500
    assert len(kept(stage)) == 1


@pytest.mark.parametrize("name", ["1", "", "../serving", "A" * 64, "a" * 65, "a" * 64 + "\n"])
def test_what_is_no_id_deletes_nothing(stage: Stage, name: str) -> None:
    stage.serve(V1)
    assert forget(name) == 404
    assert stage.pointer() == {V1: 1.0}


def test_no_text_and_no_address_is_logged_and_no_metric_billed(stage: Stage, lines: Lines) -> None:
    stage.serve(V1)
    post({"text": TEXT, "sentiment": "negative"})
    with fails_for_good("PutObject", "AccessDenied", 403):
        post({"text": TEXT, "sentiment": "positive"})
    post({"text": TEXT, "sentiment": "zanzibar"})
    stage.endpoints.failures[endpoint_of(V1)] = failure("ModelNotReadyException", 429)
    post({"text": TEXT, "sentiment": "negative"}, HIS)
    written = lines.stream.getvalue()
    assert not any(secret in written for secret in ("zanzibar", HERS, HIS, kept(stage)[0]["source"]))
    assert not any("Total" in line for line in lines.all)
    assert [line["status"] for line in lines.all if line["message"] == "answered"] == [202, 500, 400, 202]
