"""PostgreSQL and Valkey from wheels, for installations that bring none (DATABASE_URL, REDIS_URL not set).

`launch` supervises them beside the web and the workers; `services()` lends them to one command. Both listen on Unix
sockets in folders only this user can enter, never on a port. Imports neither Django nor the settings.
"""

from transcribe_site.embedded.lend import needed, services
from transcribe_site.embedded.places import (
    data_dir,
    database_url,
    keep_secret_key,
    private_folder,
    redis_url,
    secret_key_file,
    socket_folder,
)
from transcribe_site.embedded.postgres import programs
from transcribe_site.embedded.service import Service, ServiceError

__all__ = [
    "Service",
    "ServiceError",
    "data_dir",
    "database_url",
    "keep_secret_key",
    "needed",
    "private_folder",
    "programs",
    "redis_url",
    "secret_key_file",
    "services",
    "socket_folder",
]
