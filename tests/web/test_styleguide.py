import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User


@pytest.mark.parametrize("theme", ["", "light", "dark"])
def test_staff_see_every_component(as_alice: Client, alice: User, theme: str) -> None:
    User.objects.filter(pk=alice.pk).update(is_staff=True)
    page = as_alice.get(reverse("styleguide"), {"theme": theme})
    text = page.content.decode()
    for component in ('class="history"', 'class="segments"', 'id="controls"', 'class="comments"', 'class="errorlist"'):
        assert component in text
    for colour in ("paper", "accent", "doubt"):
        assert f'data-colour="{colour}"' in text
    for state in ("done", "queued", "preparing", "recognising", "failed", "cancelled"):
        assert f'class="state {state}"' in text


def test_for_others_there_is_none(as_alice: Client) -> None:
    assert as_alice.get(reverse("styleguide")).status_code == 404
    assert Client().get(reverse("styleguide")).status_code == 404


def test_there_is_no_other_theme(as_alice: Client, alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(is_staff=True)
    assert as_alice.get(reverse("styleguide"), {"theme": "sepia"}).status_code == 404
