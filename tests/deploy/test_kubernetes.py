"""The manifests for Kubernetes: what they name is there. Whether a cluster takes them, only a cluster can say."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.urls import resolve

from tests.deploy.commands import assert_all_are_settings, assert_it_can_be_run
from tests.docs.test_docs import METRICS

FOLDER = Path(__file__).resolve().parent.parent.parent / "deploy/kubernetes"
BY_FILE: dict[str, list[dict[str, Any]]] = {
    file.name: list(yaml.safe_load_all(file.read_text())) for file in sorted(FOLDER.glob("*.yaml"))
}
OBJECTS = [found for objects in BY_FILE.values() for found in objects]
APPLIED_APART = {"migrate.yaml", "secret.example.yaml", "speech-cpu.yaml", "kustomization.yaml"}


def of_kind(kind: str) -> dict[str, dict[str, Any]]:
    return {found["metadata"]["name"]: found for found in OBJECTS if found["kind"] == kind}


def pod(found: dict[str, Any]) -> dict[str, Any]:
    spec = found["spec"].get("jobTemplate", found)["spec"]
    template: dict[str, Any] = spec["template"]["spec"]
    return template


PODS = {name: pod(found) for kind in ("Deployment", "Job", "CronJob") for name, found in of_kind(kind).items()}
CONTAINERS = {
    f"{name}-{container['name']}": container
    for name, spec in PODS.items()
    for container in [*spec.get("initContainers", []), *spec["containers"]]
}


def test_every_kind_of_process_is_there() -> None:
    assert set(PODS) == {"web", "media", "speech", "speech-gpu", "migrate", "cleanup"}


def test_every_file_is_applied_or_said_to_be_applied_apart() -> None:
    (kustomization,) = BY_FILE["kustomization.yaml"]
    assert set(kustomization["resources"]) | APPLIED_APART == set(BY_FILE)
    images = {container["image"] for container in CONTAINERS.values()}
    assert {image["name"] for image in kustomization["images"]} == images


@pytest.mark.parametrize("name", CONTAINERS)
def test_what_a_container_starts_is_there(name: str) -> None:
    command = CONTAINERS[name].get("command")
    if command is None:  # the image's own, which is the web
        assert name == "web-web"
        return
    assert command[0] == "python"
    assert_it_can_be_run(command[1:])


@pytest.mark.parametrize("name", CONTAINERS)
def test_a_container_has_no_rights(name: str) -> None:
    spec, own = PODS[name.rpartition("-")[0]], CONTAINERS[name]["securityContext"]
    assert (spec["securityContext"]["runAsNonRoot"], spec["securityContext"]["runAsUser"]) == (True, 10001)
    assert not spec["automountServiceAccountToken"]
    assert own["capabilities"] == {"drop": ["ALL"]}
    assert (own["readOnlyRootFilesystem"], own["allowPrivilegeEscalation"]) == (True, False)
    assert CONTAINERS[name]["resources"]["limits"]["memory"]


def test_every_variable_is_a_setting_and_secrets_are_in_the_secret() -> None:
    (secret,) = of_kind("Secret").values()
    (configuration,) = of_kind("ConfigMap").values()
    own = {each["name"] for container in CONTAINERS.values() for each in container.get("env", [])}
    assert set(secret["stringData"]) == {"SECRET_KEY", "DATABASE_URL", "REDIS_URL", "STORAGE_URL", "METRICS_TOKEN"}
    assert not [
        name for name in configuration["data"] if re.search("SECRET|PASSWORD|TOKEN|_URL$", name.replace("SITE_URL", ""))
    ]
    assert_all_are_settings(set(secret["stringData"]) | set(configuration["data"]) | own)
    assert all(isinstance(value, str) for value in configuration["data"].values())


@pytest.mark.parametrize("name", CONTAINERS)
def test_what_is_mounted_and_taken_from_is_there(name: str) -> None:
    spec, container = PODS[name.rpartition("-")[0]], CONTAINERS[name]
    assert {mount["name"] for mount in container["volumeMounts"]} <= {volume["name"] for volume in spec["volumes"]}
    claims = {
        volume["persistentVolumeClaim"]["claimName"]
        for volume in spec["volumes"]
        if len(volume) == 2 and "persistentVolumeClaim" in volume
    }
    assert claims <= set(of_kind("PersistentVolumeClaim"))
    for source in container["envFrom"]:
        ((kind, reference),) = source.items()
        assert reference["name"] in of_kind({"configMapRef": "ConfigMap", "secretRef": "Secret"}[kind])


def test_the_probes_ask_addresses_of_the_site() -> None:
    web = CONTAINERS["web-web"]
    probes = {name: web[name]["httpGet"] for name in ("livenessProbe", "readinessProbe", "startupProbe")}
    assert {name: resolve(probe["path"]).url_name for name, probe in probes.items()} == {
        "livenessProbe": "healthz",
        "readinessProbe": "readyz",
        "startupProbe": "healthz",
    }
    ports = {port["name"]: port["containerPort"] for port in web["ports"]}
    assert {ports[probe["port"]] for probe in probes.values()} == {8000}
    assert all({"name": "Host", "value": "localhost"} in probe["httpHeaders"] for probe in probes.values())


def test_workers_are_scaled_by_metrics_that_there_are() -> None:
    scaled = of_kind("ScaledObject")
    assert set(scaled) == {"media", "speech", "speech-gpu"}
    for name, found in scaled.items():
        assert found["spec"]["scaleTargetRef"]["name"] == name
        assert "replicas" not in of_kind("Deployment")[name]["spec"]
        (trigger,) = found["spec"]["triggers"]
        asked = set(re.findall(r"transcribe_\w+", trigger["metadata"]["query"]))
        assert "transcribe_waiting_audio_seconds" in asked
        assert asked <= METRICS


def test_workers_have_time_to_give_their_work_back() -> None:
    assert {name: PODS[name]["terminationGracePeriodSeconds"] for name in ("media", "speech", "speech-gpu")} == {
        "media": 60,
        "speech": 60,
        "speech-gpu": 60,
    }
