"""A model for the tests of transform jobs: lines in, lines in capital letters out."""

import time


def model_fn(model_dir: str) -> None:
    return None


def input_fn(body: bytes, content_type: str) -> bytes:
    if content_type != "text/lines":
        raise ValueError(f"{content_type} is not taken")
    return body


def predict_fn(body: bytes, model: None) -> bytes:
    if b"fail" in body:
        raise ValueError("as asked for")
    if b"slow" in body:
        time.sleep(0.2)
    return body.upper()


def output_fn(prediction: bytes, accept: str) -> bytes:
    return prediction
