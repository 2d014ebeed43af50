"""The files for proxies in front: who is meant to read them does."""

import shutil
import subprocess
from pathlib import Path

from tests.environment import not_run

DEPLOY = Path(__file__).resolve().parent.parent.parent / "deploy"
MAIN = """
pid {folder}/pid;
error_log {folder}/log;
events {{}}
http {{
    access_log off;
    {folders}
    include {folder}/site.conf;
}}
"""


def run(*command: str) -> str:
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout + ended.stderr


def program(name: str) -> str:
    found = shutil.which(name, path="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin")
    if not found:
        not_run(f"there is no {name} to read its file; Debian has it in the package {name}")
    return found


def test_nginx_reads_its_file(tmp_path: Path) -> None:
    nginx = program("nginx")
    subject = [
        "-subj",
        "/CN=localhost",
        "-keyout",
        str(tmp_path / "privkey.pem"),
        "-out",
        str(tmp_path / "fullchain.pem"),
    ]
    run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", *subject)
    (tmp_path / "site.conf").write_text(
        (DEPLOY / "nginx.conf").read_text().replace("/etc/ssl/transcribe", str(tmp_path))
    )
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    folders = "\n".join(f"{kind}_temp_path {tmp_path}/{kind};" for kind in kinds)
    (tmp_path / "nginx.conf").write_text(MAIN.format(folder=tmp_path, folders=folders))
    assert "test is successful" in run(nginx, "-t", "-c", str(tmp_path / "nginx.conf"))


def test_caddy_reads_its_file() -> None:
    assert "Valid configuration" in run(
        program("caddy"), "validate", "--adapter", "caddyfile", "--config", str(DEPLOY / "Caddyfile")
    )
