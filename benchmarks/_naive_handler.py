"""POST /sentiment as it is often written: every library imported and every client made at the top, for benchmarks."""

import gzip
import json
import os
import re
from typing import Any

import boto3
import nltk
from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import APIGatewayRestResolver
from bs4 import BeautifulSoup

logger = Logger()
app = APIGatewayRestResolver()
tokeniser = nltk.tokenize.NLTKWordTokenizer()
s3 = boto3.client("s3")
sagemaker = boto3.client("sagemaker")
runtime = boto3.client("sagemaker-runtime")


@app.post("/sentiment")
def sentiment() -> dict[str, Any]:
    """Clean, tokenise, look up, ask the endpoint."""
    deployment = json.loads(read("serving.json"))["deployments"][0]
    vocabulary = json.loads(gzip.decompress(read(f"vocabularies/{deployment['vocabulary']}.json.gz")))
    words = {word: index for index, word in enumerate(vocabulary["words"], start=2)}
    text = BeautifulSoup(app.current_event.json_body["text"], "html.parser").get_text().lower()
    ids = [words.get(token, 1) for token in tokeniser.tokenize(re.sub(r"[^\w']|_", " ", text))]
    body = json.dumps({"vocabulary": deployment["vocabulary"], "inputs": [ids], "explain": False})
    answer = runtime.invoke_endpoint(EndpointName=deployment["endpoint"], ContentType="application/json", Body=body)
    score = json.loads(answer["Body"].read())["scores"][0]
    logger.info("answered")
    return {"sentiment": "positive" if score >= 0.5 else "negative", "score": score}


def read(key: str) -> bytes:
    body: bytes = s3.get_object(Bucket=os.environ["BUCKET"], Key=key)["Body"].read()
    return body


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return app.resolve(event, context)
