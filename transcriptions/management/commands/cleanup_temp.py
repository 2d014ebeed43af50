"""For cron: remove what is past its time, and put lost wake-ups back."""

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from redis.exceptions import RedisError

from transcriptions.workflow import retain


class Command(BaseCommand):
    help = "Remove old temporary files, evicted transcripts and files nobody has; put lost work back into the queues"

    def handle(self, **options: object) -> None:
        now = timezone.now()
        cleaned = retain.clean_up(now)
        self.stdout.write(
            f"Removed {cleaned.transcripts} transcripts, {cleaned.media} media files, "
            f"{cleaned.temporary_files} temporary files, {cleaned.shard_folders} shard folders."
        )
        try:
            retain.sweep(now)
        except RedisError as error:
            raise CommandError(f"Redis does not answer, so no worker could be woken: {error}") from None
