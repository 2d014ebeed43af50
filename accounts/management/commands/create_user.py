"""Make an account from a script: the password comes on standard input, so that it stands in no process list."""

import sys
from argparse import ArgumentParser

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from accounts.models import User


class Command(BaseCommand):
    help = "Make an account: create_user EMAIL --password-stdin [--staff]"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--password-stdin", action="store_true", required=True, help="read the password's line")
        parser.add_argument("--staff", action="store_true", help="may use the admin, with every permission")

    def handle(self, *, email: str, staff: bool, **options: object) -> None:
        password = sys.stdin.readline().rstrip("\r\n")
        user = User(email=User.objects.normalize_email(email))
        try:
            validate_email(email)
            validate_password(password, user)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        create = User.objects.create_superuser if staff else User.objects.create_user
        try:
            with transaction.atomic():
                create(email=email, password=password)
        except IntegrityError:
            raise CommandError(f"There is an account with the address {email} already.") from None
        self.stdout.write(f"Account {email} made.")
