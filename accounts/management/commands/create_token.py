"""Make an API token for somebody's program. It is printed, and cannot be seen again."""

from argparse import ArgumentParser
from datetime import timedelta

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts import tokens
from accounts.models import ApiToken, User


class Command(BaseCommand):
    help = "Print a new API token: create_token EMAIL [--name NAME] [--scope read|write|admin] [--days DAYS]"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--name", default="command line", help="what it is for")
        scopes = ApiToken.Scope.values
        parser.add_argument("--scope", choices=scopes, default=ApiToken.Scope.WRITE, help="what it may do")
        parser.add_argument("--days", type=int, help="how long it is valid; without, until it is deleted")

    def handle(self, *, email: str, name: str, scope: str, days: int | None, **options: object) -> None:
        user = User.objects.filter(email__iexact=email).first()
        if user is None:
            raise CommandError(f"There is no account with the address {email}.")
        if days is not None and days < 1:
            raise CommandError("A token is valid for one day at least.")
        now = timezone.now()
        expires_at = now + timedelta(days=days) if days else None
        made = tokens.create(user=user, name=name, now=now, scope=ApiToken.Scope(scope), expires_at=expires_at)
        self.stdout.write(made)
