"""Who uses the site. A person is known by an e-mail address; there are no user names."""

from typing import Any, ClassVar

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.db import models, transaction
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _


class UserManager(BaseUserManager["User"]):
    def create_user(self, *, email: str, password: str | None, **fields: Any) -> "User":
        """Raises ValueError without an address, IntegrityError when it is taken (case does not matter)."""
        if not email:
            raise ValueError("An account needs an e-mail address.")
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        with transaction.atomic(using=self._db):
            user.save(using=self._db)
            # Whoever makes an account by command vouches for its address; people who sign up confirm theirs.
            EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        return user

    def create_superuser(self, *, email: str, password: str | None, **fields: Any) -> "User":
        return self.create_user(email=email, password=password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class KeepMedia(models.TextChoices):
    """What is kept of a recording once it is transcribed."""

    ORIGINAL = "original", _("the recording as it was uploaded")
    SOUND = "sound", _("its sound")
    NOTHING = "nothing", _("nothing of it")


class User(AbstractUser):
    """`keep_media` and `keep_media_days` are wishes for less than the site keeps; empty, it does as it always does.

    language: of the interface; empty, the browser's. defaults: of transcriptions.engine.options.Options by name, what
    their recordings are transcribed with where nothing else is chosen.
    """

    username = first_name = last_name = None  # type: ignore[assignment]
    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=100, blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    defaults = models.JSONField(_("usual options"), default=dict, blank=True)
    keep_media = models.CharField(_("what is kept of a recording"), max_length=8, choices=KeepMedia, blank=True)
    keep_media_days = models.PositiveIntegerField(_("for how many days"), null=True, blank=True)

    objects: ClassVar[UserManager] = UserManager()  # type: ignore[assignment]

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        constraints: ClassVar = [
            models.UniqueConstraint(
                Lower("email"),
                name="one_account_an_address",
                violation_error_message=_("There is an account with this address already."),
            )
        ]

    def __str__(self) -> str:
        return self.email

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name


class ApiToken(models.Model):
    """What a program signs in with instead of its person. Only its hash is known here: it is shown once, when made.

    scope: how much of what its person may do it may; each contains those before it.
    """

    class Scope(models.TextChoices):
        READ = "read", _("read")
        WRITE = "write", _("read and change")
        ADMIN = "admin", _("everything its person may")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(_("name"), max_length=100)
    digest = models.CharField(max_length=64, unique=True, help_text=_("sha256 of the token"))
    scope = models.CharField(_("scope"), max_length=5, choices=Scope, default=Scope.WRITE)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")

    def __str__(self) -> str:
        return self.name

    def allows(self, scope: "ApiToken.Scope") -> bool:
        scopes = list(self.Scope)
        return scopes.index(self.Scope(self.scope)) >= scopes.index(scope)
