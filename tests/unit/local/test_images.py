"""The images that a stage trains and serves with, by region."""

import json
import re
import subprocess

import pytest

from local.images import IMAGES, IMAGES_FILE
from local.settings import ROOT

IMAGE = re.compile(r"[0-9]{12}\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.[a-z0-9.]+/(?P<name>[a-z-]+:[\w.-]+)")
REGIONS = json.loads(IMAGES_FILE.read_text())
RESOLVE = """
const region = process.argv[1];
require("./resources/images.js")({ resolveVariable: async (name) => name === "aws:region" && region }).then(
  (images) => console.log(JSON.stringify(images)),
  (error) => console.log(error.stack),
);
"""


def resolved(region: str) -> str:
    """What serverless.yml gets for the region, or is told instead."""
    done = subprocess.run(
        ["node", "-e", RESOLVE, region], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout.strip()


@pytest.mark.parametrize("region", REGIONS)
def test_a_region_has_all_images_in_a_registry_of_its_own(region: str) -> None:
    images = {name: IMAGE.fullmatch(image) for name, image in REGIONS[region].items()}
    assert images.keys() == IMAGES.keys()
    assert {image["region"] for image in images.values() if image} == {region}


def test_all_regions_have_the_same_images() -> None:
    for name in IMAGES:
        assert len({images[name].partition("/")[2] for images in REGIONS.values()}) == 1


def test_the_images_of_the_region_that_is_deployed_to_are_taken() -> None:
    assert json.loads(resolved("eu-central-1")) == REGIONS["eu-central-1"]


def test_a_region_without_them_is_said_in_a_sentence_that_names_those_that_have_them() -> None:
    said = resolved("xx-nowhere-1")
    assert "not offered in the region xx-nowhere-1. Deploy with --region and one of: af-south-1, " in said
    assert "\n" not in said
