"""Subtitle layout: nothing is lost, everything can be read, and breaks stand where a subtitler would put them."""

from collections.abc import Iterable, Iterator
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transcriptions.engine.cue_breaks import Break, breaks
from transcriptions.engine.cue_words import columns, laid_out, words_of
from transcriptions.engine.cues import BREAK, LAYOUTS, Cue, Layout, captions, cues
from transcriptions.engine.values import Segment, Word

MILLISECOND = 0.001


def say(text: str, *, rate: float = 15.0, start: float = 0.0) -> list[Word]:
    """Words at so many characters a second; "(0.8)" is a silence."""
    words = []
    for token in text.split():
        if token.startswith("("):
            start += float(token.strip("()"))
            continue
        end = start + (len(token) + 1) / rate
        words.append(Word(round(start, 3), round(end, 3), " " + token, 0.9))
        start = end
    return words


def lines(found: Iterable[Cue]) -> list[tuple[str, ...]]:
    return [cue.lines for cue in found]


# --- where it breaks

HISTORY = (
    "Last summer we travelled by train from New York to Boston, and my brother did not want to leave the house"
    " because Dr. Silva had told him that it was 25 kilometres away. I have never seen anybody run so fast in"
    " my life, but the United States of America is a big country and in May 1940 it was at war."
)
CITY = (
    "Ontem o Dr. Silva contou que a cidade do Rio de Janeiro foi fundada por Estácio de Sá em 1565, mas que a"
    " Universidade de São Paulo comprou 300 hectares de terra perto da casa dele. Ele não quis sair porque chovia"
    " muito e as crianças ainda não tinham jantado, embora fosse dia 3 de março."
)
TOGETHER = [
    ("en", HISTORY, "New York"),
    ("en", HISTORY, "the house"),
    ("en", HISTORY, "did not"),
    ("en", HISTORY, "Dr. Silva"),
    ("en", HISTORY, "25 kilometres"),
    ("en", HISTORY, "have never seen"),
    ("en", HISTORY, "my life"),
    ("en", HISTORY, "May 1940"),
    ("en", HISTORY, "United States"),
    ("pt", CITY, "Dr. Silva"),
    ("pt", CITY, "do Rio"),
    ("pt", CITY, "Rio de Janeiro"),
    ("pt", CITY, "Estácio de Sá"),
    ("pt", CITY, "São Paulo"),
    ("pt", CITY, "300 hectares"),
    ("pt", CITY, "da casa"),
    ("pt", CITY, "não quis"),
    ("pt", CITY, "as crianças"),
]


@pytest.mark.parametrize(("language", "text", "phrase"), TOGETHER)
def test_it_keeps_together_what_is_said_together(language: str, text: str, phrase: str) -> None:
    for line in range(36, 50):
        found = lines(cues(say(text), language, Layout(line=line)))
        assert any(phrase in each for cue in found for each in cue), (line, found)


def test_it_breaks_at_the_end_of_a_sentence() -> None:
    text = "The bakery on the corner opens at six. Nobody has ever seen the baker himself."
    assert lines(cues(say(text), "en")) == [
        ("The bakery on the corner opens at six.",),
        ("Nobody has ever seen the baker himself.",),
    ]


def test_it_breaks_at_a_comma_rather_than_between_any_two_words() -> None:
    text = "When the last guests had left the old hotel beside the lake, the night porter locked the heavy door."
    assert lines(cues(say(text), "en")) == [
        ("When the last guests had left", "the old hotel beside the lake,"),
        ("the night porter locked the heavy door.",),
    ]


def test_it_breaks_a_line_before_a_conjunction() -> None:
    assert lines(cues(say("She wanted to go home but nobody had called a taxi."), "en")) == [
        ("She wanted to go home", "but nobody had called a taxi."),
    ]
    assert lines(cues(say("Ela queria ir para casa mas ninguém chamou um táxi."), "pt")) == [
        ("Ela queria ir para casa", "mas ninguém chamou um táxi."),
    ]


def test_it_stays_on_one_line_where_that_is_enough() -> None:
    assert lines(cues(say("Two roads led down, one of them steep."), "en")) == [
        ("Two roads led down, one of them steep.",)
    ]


def test_it_balances_lines_and_puts_the_longer_one_below() -> None:
    ((top, bottom),) = lines(cues(say("aaaa bbbb cccc dddd eeee ffff gggg hhhh iiii jjjj kkkk"), ""))
    assert (len(top), len(bottom)) == (24, 29)


def test_it_leaves_no_word_alone() -> None:
    answer = "Right? And that's not because they were lying to us, it's because people don't remember what they did."
    for text in (HISTORY, CITY, answer):
        for line in range(34, 50):
            for cue in cues(say(text), "en", Layout(line=line)):
                assert all(" " in each for each in cue.lines), (line, cue)


def test_short_sentences_share_a_cue() -> None:
    assert lines(cues(say("Yes. I know. She told me."), "en")) == [("Yes. I know. She told me.",)]


def test_a_short_sentence_that_has_its_time_stands_alone() -> None:
    assert lines(cues(say("Yes. (1.2) Then he left the room."), "en")) == [("Yes.",), ("Then he left the room.",)]


def test_a_fast_sentence_shares_the_time_of_a_slow_one() -> None:
    fast = say("Nobody could understand a word of it.", rate=32)
    slow = say("Then the old machine came to a stop.", rate=9, start=fast[-1].end)
    assert lines(cues(fast + slow, "en")) == [
        ("Nobody could understand a word of it.", "Then the old machine came to a stop."),
    ]


def test_a_hesitation_cuts_nothing_off() -> None:
    assert lines(cues(say("He was, um, (0.7) a very stubborn man."), "en")) == [("He was, um, a very stubborn man.",)]


def test_it_does_not_show_what_comes_after_a_silence() -> None:
    found = lines(cues(say("I always thought (1.3) it was a joke."), "en"))
    assert found == [("I always thought",), ("it was a joke.",)]


def test_a_sentence_is_not_cut_to_fill_the_cue_of_another() -> None:
    text = "今日はコンピューターの歴史についてお話ししたいと思います。最初のコンピューターは1946年に開発されました。"
    assert lines(captions([Segment(0.0, 8.0, text)], "ja")) == [
        ("今日はコンピューターの", "歴史について"),
        ("お話ししたいと思います。",),
        ("最初のコンピューターは", "1946年に開発されました。"),
    ]


def test_a_long_pause_ends_a_cue_even_within_a_sentence() -> None:
    assert lines(cues(say("It was the (1.6) end of it."), "en")) == [("It was the",), ("end of it.",)]


def test_abbreviations_and_small_letters_end_no_sentence() -> None:
    text = "We were met by Prof. Jones and Mr. J. Smith of the U.S. Navy, who asked... what else? about the ship."
    found = lines(cues(say(text), "en"))
    assert found == [
        ("We were met by Prof. Jones", "and Mr. J. Smith of the U.S. Navy,"),
        ("who asked... what else? about the ship.",),
    ]


def test_an_unknown_language_is_broken_by_punctuation_and_balance() -> None:
    text = "Mae hen wlad fy nhadau yn annwyl i mi, gwlad beirdd a chantorion, enwogion o fri."
    assert lines(cues(say(text), "cy")) == [
        ("Mae hen wlad fy nhadau yn annwyl i mi,", "gwlad beirdd a chantorion, enwogion o fri."),
    ]


KINDS = [
    ("en", "it.", " Then", Break.SENTENCE),
    ("en", '"it."', " Then", Break.SENTENCE),
    ("en", "what?", " he", Break.CLAUSE),
    ("en", "it,", " then", Break.CLAUSE),
    ("en", "it", " because", Break.CONJUNCTION),
    ("en", "walked", " through", Break.PREPOSITION),
    ("en", "houses", " burned", Break.PLAIN),
    ("en", "because", " of", Break.BOUND),
    ("en", "cup", " of", Break.CLOSE),
    ("en", "turned", " out", Break.CLOSE),
    ("en", "then I", " went", Break.CLOSE),
    ("en", "the", " house", Break.BOUND),
    ("en", "don’t", " go", Break.BOUND),
    ("en", "was", " Friday", Break.BOUND),
    ("en", "New", " York", Break.BOUND),
    ("en", "Bank", " of the United", Break.BOUND),
    ("en", "Mr.", " Jones", Break.BOUND),
    ("en", "J.", " Jones", Break.BOUND),
    ("en", "U.S.", " Navy", Break.BOUND),
    ("en", "e.g.", " Microsoft", Break.BOUND),
    ("en", "3 p.m.", " Then", Break.SENTENCE),
    ("en", "25", " miles", Break.BOUND),
    ("en", "€", " 5", Break.BOUND),
    ("en", "1990", " began", Break.CLOSE),
    ("en", "well", "-known", Break.WORD),
    ("en", "yes", " !", Break.NEVER),
    ("en", "yes", " —", Break.NEVER),
    ("en", "yes.", " — No", Break.SENTENCE),
    ("en", "(", " yes", Break.NEVER),
    ("de", "am 3.", " Oktober", Break.BOUND),
    ("de", "war 1990.", " Dann", Break.SENTENCE),
    ("fr", "L'homme", " d'État", Break.PLAIN),
    ("fr", "j'ai", " acheté", Break.BOUND),
    ("", "the", " house", Break.PLAIN),
    ("zh", "会", "议", Break.CLOSE),
    ("zh", "他", "的", Break.BOUND),
    ("zh", "错", "但是", Break.CONJUNCTION),
    ("zh", "好", " 我", Break.CLAUSE),
    ("zh", "好。", "我", Break.SENTENCE),
    ("zh", "好", "，", Break.NEVER),
    ("zh", "用", "Python", Break.PLAIN),
    ("zh", "5", "年", Break.BOUND),
    ("zh", "年", "5", Break.BOUND),
    ("zh", "在", "5", Break.PLAIN),
    ("ja", "コ", "ン", Break.BOUND),
    ("ja", "ン", "ピ", Break.BOUND),
    ("ja", "ピ", "ュ", Break.NEVER),
    ("ja", "は", "歴史", Break.PLAIN),
    ("ja", "歴史", "は", Break.BOUND),
    ("ja", "て", "お話", Break.PLAIN),
    ("ja", "お", "話", Break.BOUND),
    ("th", "ดี", "และ", Break.CONJUNCTION),
    ("th", "เ", "รา", Break.NEVER),
]


@pytest.mark.parametrize(("language", "before", "after", "kind"), KINDS)
def test_a_break_is_of_the_kind_that_its_neighbours_make_it(
    language: str, before: str, after: str, kind: Break
) -> None:
    words = list(laid_out([Word(0.0, 1.0, before, 0.9), Word(1.0, 2.0, after, 0.9)], 42))
    assert breaks(words, language)[len(before.split()) - 1] is kind


def test_a_silence_is_as_good_as_a_comma_but_not_within_a_name() -> None:
    words = [Word(0.0, 1.0, " New", 0.9), Word(1.6, 2.0, " York", 0.9), Word(2.6, 3.0, " burned", 0.9)]
    assert breaks(words, "en") == [Break.BOUND, Break.CLAUSE]


def test_the_worse_the_break_the_more_it_costs() -> None:
    costs = [BREAK[kind] for kind in Break]
    assert costs == sorted(set(costs))


# --- when it is shown


def test_a_fast_cue_stays_into_the_silence_until_it_can_be_read() -> None:
    text = "Nobody could understand a word of it."
    (first, second) = cues(say(text + " (3) Then it was quiet.", rate=40), "en")
    assert first.end == pytest.approx(len(text) / 20, abs=MILLISECOND)
    assert second.start > first.end + 1


def test_a_fast_cue_ends_two_frames_before_the_next() -> None:
    text = "Nobody could understand a word of it, however. Then the old machine stopped and it was quiet at last."
    (first, second) = cues(say(text, rate=30), "en")
    assert second.start == pytest.approx(say(text, rate=30)[8].start, abs=MILLISECOND)
    assert second.start - first.end == pytest.approx(0.08, abs=MILLISECOND)


def test_a_short_silence_does_not_flicker() -> None:
    (first, second) = cues(say("The train was late again. (0.4) Nobody on it seemed to mind."), "en")
    assert second.start - first.end == pytest.approx(0.08, abs=MILLISECOND)
    (first, second) = cues(say("The train was late again. (0.9) Nobody on it seemed to mind."), "en")
    assert second.start - first.end == pytest.approx(0.9, abs=MILLISECOND)


def test_a_short_word_stays_a_second_and_a_long_one_seven() -> None:
    assert list(cues([Word(3.0, 3.1, " No.", 0.9)])) == [Cue(3.0, 4.0, ("No.",))]
    assert list(cues([Word(3.0, 33.0, " No.", 0.9)])) == [Cue(3.0, 10.0, ("No.",))]


def test_words_that_come_all_at_once_are_still_shown_a_second_each_cue() -> None:
    found = list(cues([Word(5.0, 5.0, f" word{number}", 0.1) for number in range(60)], "en"))
    assert [round(cue.end - cue.start, 3) for cue in found[:-1]] == [1.0] * (len(found) - 1)
    assert found[0].start == 5.0


# --- scripts


def test_a_word_longer_than_a_line_is_broken_between_characters() -> None:
    word = "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen"
    (cue,) = cues([Word(0.0, 4.0, " " + word, 0.9)], "de")
    assert "".join(cue.lines) == word
    assert [len(line) for line in cue.lines] == [42, len(word) - 42]


def test_a_character_made_of_several_is_never_taken_apart() -> None:
    family, flag, letter = "👨\u200d👩\u200d👧", "🇵🇹", "e\u0301"
    for line in range(6, 20):
        found = lines(cues([Word(0.0, 4.0, (family + flag + letter) * 6, 0.9)], "", Layout(line=line)))
        assert all(each.startswith((family, flag, letter)) for cue in found for each in cue)
        assert "".join("".join(cue) for cue in found) == (family + flag + letter) * 6


def test_chinese_is_joined_without_spaces_on_lines_of_sixteen() -> None:
    text = "它开始于一九五六年的达特茅斯会议，当时有很多科学家参加了这个会议，他们认为机器可以思考。"
    found = lines(cues([Word(at * 0.25, at * 0.25 + 0.25, char, 0.9) for at, char in enumerate(text)], "zh"))
    assert "".join(line for cue in found for line in cue) == text
    assert all(columns(line) <= 32 for cue in found for line in cue)
    assert [cue[-1][-1] for cue in found] == ["，", "。"]


def test_japanese_lines_of_thirteen_begin_with_no_closing_mark_nor_small_kana() -> None:
    text = "今日はコンピューターの歴史について、ちょっとお話ししたいと思います。「はい」と言ってください。"
    found = lines(captions([Segment(0.0, 9.0, text)], "ja"))
    assert "".join(line for cue in found for line in cue) == text
    for cue in found:
        for line in cue:
            assert columns(line) <= 26
            assert line[0] not in "。、」ーっょゅゃ"
            assert line[-1] != "「"
    assert any("コンピューター" in line for cue in found for line in cue)


def test_thai_vowels_stay_with_their_consonant_and_spaces_are_kept() -> None:
    text = "สวัสดีครับทุกคน วันนี้เราจะมาพูดเรื่องประวัติศาสตร์ของปัญญาประดิษฐ์และคอมพิวเตอร์"
    found = lines(captions([Segment(0.0, 9.0, text)], "th"))
    assert "".join("".join(cue) for cue in found).replace(" ", "") == text.replace(" ", "")
    for cue in found:
        for line in cue:
            assert columns(line) <= 35
            assert line[0] not in "ะาำิีึืุู็่้๊๋์"
            assert line[-1] not in "เแโใไ"


# --- segments


def test_a_segment_without_words_is_shared_out_by_length() -> None:
    words = list(words_of([Segment(10.0, 12.0, "Good old morning.")]))
    assert [word.text for word in words] == ["Good", " old", " morning."]
    assert [round(word.end - word.start, 2) for word in words] == [0.53, 0.4, 1.07]
    assert (words[0].start, words[-1].end) == (10.0, 12.0)


def test_a_segment_in_a_script_without_spaces_is_shared_out_by_character() -> None:
    words = list(words_of([Segment(0.0, 4.0, "你好 世界")]))
    assert [(word.start, word.text) for word in words] == [(0.0, "你"), (1.0, "好"), (2.0, " 世"), (3.0, "界")]


def test_a_little_text_in_a_long_segment_is_not_stretched_over_it() -> None:
    assert list(captions([Segment(30.0, 60.0, "Thank you.")])) == [Cue(30.0, 37.0, ("Thank you.",))]


def test_words_that_do_not_say_the_text_are_not_used() -> None:
    heard = (Word(5.0, 5.5, " Dear", 0.9), Word(5.5, 6.0, " mister", 0.3))
    assert lines(captions([Segment(5.0, 7.0, "Dear Ms. Walsh", words=heard)], "en")) == [("Dear Ms. Walsh",)]
    assert lines(captions([Segment(5.0, 7.0, "Dear mister", words=heard)], "en")) == [("Dear mister",)]


def test_segments_are_joined_as_their_script_joins_sentences() -> None:
    assert lines(captions([Segment(0.0, 0.5, "Yes."), Segment(0.5, 1.5, "I know.")], "en")) == [("Yes. I know.",)]
    assert lines(captions([Segment(0.0, 0.5, "好。"), Segment(0.5, 1.5, "我知道")], "zh")) == [("好。我知道",)]
    assert lines(captions([Segment(0.0, 0.5, "好"), Segment(0.5, 1.5, "我知道")], "zh")) == [("好 我知道",)]


def test_nothing_said_gives_no_cue() -> None:
    assert list(cues([])) == []
    assert list(cues([Word(0.0, 1.0, text, 0.9) for text in ("", " ", "\n\t")])) == []
    assert list(captions([Segment(0.0, 1.0, "  "), Segment(1.0, 2.0, "")])) == []


# --- any words at all

POOLS = {
    "en": " the| a| house| New| York| Dr.| Silva,| because| he| didn't| walk| 25| kilometres.| Yes!| I| and| of| well"
    "|-known| internationalization;| What?| to",
    "pt": " o| do| Rio| de| Janeiro,| não| é| casa.| Você| que| porque| 300| hectares| São| Paulo.| e| ninguém| ação",
    "de": " der| Bundesrepublik| Deutschland,| am| 3.| Oktober| nicht| weil| Straße.| und"
    "| Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen| ist| zu",
    "zh": "我|们|今天|，|的|会议|。|人工智能|吗？|Python|2024|年|「|」| 但是|是",
    "ja": "今日|は|コン|ピュ|ー|ター|の|、|お|話|っ|し|た。|「|」|1946|年| はい",
    "th": "สวัส|ดี|ครับ| วัน|นี้|เ|รา|จะ|แ|ละ|ที่| 1956|ๆ|ประเทศสหรัฐอเมริกา",
    "ar": " في| الذكاء| الاصطناعي،| نعم.| كان| هل| ذلك؟| عام| 1956| و| العُلَماء",
    "": "| |\n|  \n two\nlines | x|y|"
    + "x" * 200
    + "| "
    + "w " * 30
    + "| -->| <b>|&amp;|\u0301|\u200d|👨\u200d👩\u200d👧"
    "|🇵|🇹| שלום|ー|เ| —|...|1.|\u2028|\u00a0| 日本",
}
STEPS = [  # from the start of the word before, and how long; seconds
    (0.3, 0.3), (0.3, 0.3), (0.25, 0.2), (0.5, 0.4), (0.1, 0.1), (0.0, 0.0), (0.4, 0.0), (0.2, 1.0), (-0.05, 0.2),
    (1.0, 0.3), (1.2, 0.3), (2.5, 0.4), (9.0, 8.0), (-2.0, 1.0),
]  # fmt: skip


def _from_bytes(drawn: bytes) -> tuple[str, list[Word]]:
    """A language and words: drawing bytes is ten times as fast as drawing the words, and shrinks as well."""
    language = sorted(POOLS)[drawn[0] % len(POOLS)]
    texts = [*POOLS[language].split("|"), "", " \n"]
    words, start = [], 1.0
    for text, time in zip(drawn[1::2], drawn[2::2], strict=False):
        step, seconds = STEPS[time % len(STEPS)]
        start += step
        words.append(Word(round(start, 3), round(start + seconds, 3), texts[text % len(texts)], 0.9))
    return language, words


any_words = st.one_of(st.binary(min_size=1, max_size=50), st.binary(min_size=50, max_size=100)).map(_from_bytes)
often = settings(max_examples=2500, deadline=None, derandomize=True)


@often
@given(any_words)
def test_it_loses_no_text_and_adds_none(drawn: tuple[str, list[Word]]) -> None:
    language, words = drawn
    left = " ".join("".join(word.text for word in words).split())
    for cue in cues(words, language):
        for line in cue.lines:
            left = left.lstrip()
            assert left.startswith(line)
            left = left.removeprefix(line)
    assert left == ""


@often
@given(any_words)
def test_it_fits_on_the_screen(drawn: tuple[str, list[Word]]) -> None:
    language, words = drawn
    layout = LAYOUTS.get(language, Layout())
    for cue in cues(words, language):
        assert 1 <= len(cue.lines) <= 2
        for line in cue.lines:
            assert line == " ".join(line.split()) != ""
            assert columns(line) <= layout.line


@often
@given(any_words)
def test_it_shows_one_cue_after_the_other_one_to_seven_seconds_each(drawn: tuple[str, list[Word]]) -> None:
    found = list(cues(drawn[1], drawn[0]))
    for cue in found:
        assert cue.start >= 0
        assert 1 - MILLISECOND <= cue.end - cue.start <= 7 + MILLISECOND
    for before, after in pairwise(found):
        assert after.start - before.end >= 0.08 - MILLISECOND


@often
@given(any_words)
def test_it_shows_words_while_they_are_said_and_as_long_as_reading_takes(drawn: tuple[str, list[Word]]) -> None:
    language, words = drawn
    layout = LAYOUTS.get(language, Layout())
    found = list(cues(words, language))
    pieces = laid_out(words, layout.line)
    ended = -1.0
    for cue, following in pairwise([*found, None]):
        assert cue is not None
        said = list(_words_in(cue, pieces))
        assert cue.start == pytest.approx(max(said[0].start, ended + 0.08), abs=2 * MILLISECOND)
        limit = min(cue.start + 7, following.start - 0.08 if following else cue.start + 7)
        assert cue.end >= min(max(word.end for word in said), limit) - 2 * MILLISECOND
        assert cue.end >= min(cue.start + sum(map(columns, cue.lines)) / layout.reading, limit) - 2 * MILLISECOND
        ended = cue.end
    assert next(pieces, None) is None


def _words_in(cue: Cue, pieces: Iterator[Word]) -> Iterator[Word]:
    """The words that a cue is made of, taken off `pieces`."""
    left = len("".join(cue.lines).replace(" ", ""))
    while left:
        word = next(pieces)
        left -= len(word.text.strip())
        yield word


# --- any length


@pytest.mark.parametrize(("text", "language"), [(" word", "en"), ("字", "zh"), (" " + "x" * 150, "en")])
def test_it_looks_only_so_far_ahead_and_loses_nothing_on_the_way(text: str, language: str) -> None:
    taken, furthest, shown = 0, 0, 0

    def words() -> Iterator[Word]:
        nonlocal taken
        for number in range(3_000):
            taken += 1
            yield Word(number * 0.3, number * 0.3 + 0.3, text, 0.9)

    for cue in cues(words(), language):
        shown += len("".join(cue.lines).replace(" ", ""))
        furthest = max(furthest, taken - shown // len(text.strip()))
    assert shown == taken * len(text.strip())
    assert furthest < 600
