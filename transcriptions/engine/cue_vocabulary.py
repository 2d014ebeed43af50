"""Function words, by language: those that lean on the next word or on the one before. Does not look at a text."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Vocabulary:
    """Function words of a language, small letters; of contracted words the part after the apostrophe."""

    conjunctions: frozenset[str] = frozenset()
    prepositions: frozenset[str] = frozenset()
    leaning: frozenset[str] = frozenset()  # on the next word: articles, determiners, auxiliaries, negations
    pronouns: frozenset[str] = frozenset()  # subjects
    trailing: frozenset[str] = frozenset()  # on the word before: genitives, objects, the second part of a verb
    ordinals: bool = False  # written as a number with a full stop


def _vocabulary(
    conjunctions: str,
    prepositions: str,
    leaning: str = "",
    pronouns: str = "",
    trailing: str = "",
    *,
    ordinals: bool = False,
) -> Vocabulary:
    return Vocabulary(
        frozenset(conjunctions.split()),
        frozenset(prepositions.split()),
        frozenset(leaning.split()),
        frozenset(pronouns.split()),
        frozenset(trailing.split()),
        ordinals,
    )


VOCABULARIES = {
    "en": _vocabulary(
        "and but or nor so because although though while whereas if unless until when whenever where wherever that"
        " which who whom whose why than since as",
        "in on at to for from with without by about into onto under between among through during before after against"
        " across behind beyond near toward towards upon within despite per via",
        "a an the this these those my your his her its our their every each some any no many few several both another"
        " other such what how very of am is are was were be been being have has had do does did will would shall"
        " should can could may might must cannot not never t m re ve ll s d one two three four five six seven eight"
        " nine ten twelve twenty hundred thousand million",
        "i you he she it we they there",
        "of me him us them out up down off away back",
    ),
    "pt": _vocabulary(
        "e mas ou nem porque pois que se quando enquanto embora porém portanto como onde quem qual cujo cuja",
        "em no na nos nas num numa neste nesta nesse nessa naquele naquela naqueles naquelas para pra pro por pelo"
        " pela pelos pelas com sem sobre sob entre até desde contra após durante perante a ao à aos às",
        "o os as um uma uns umas de do da dos das dum duma deste desta desse dessa daquele daquela este esta estes"
        " estas esse essa esses essas aquele aquela aqueles aquelas meu minha meus minhas teu tua seu sua seus suas"
        " nosso nossa nossos nossas cada todo toda todos todas algum alguma alguns algumas nenhum nenhuma muito muita"
        " muitos muitas outro outra outros outras mais tão é são foi foram era eram ser sido está estão estava estavam"
        " estou estamos tem têm temos tenho tinha tinham ter há havia vai vão vou vamos pode podem deve devem não"
        " nunca jamais me te lhe lhes dois duas três quatro cinco seis sete oito nove dez vinte cem mil",
        "eu tu ele ela nós vós eles elas você vocês",
        "de do da dos das",
    ),
    "es": _vocabulary(
        "y e pero o u ni sino porque pues que si cuando mientras aunque como donde quien cual cuyo cuya",
        "a en con sin por para sobre bajo entre hasta desde hacia según contra durante tras ante al",
        "el la los las un una unos unas de del este esta estos estas ese esa esos esas aquel aquella mi mis tu tus su"
        " sus nuestro nuestra nuestros nuestras cada todo toda todos todas algún alguna algunos algunas ningún ninguna"
        " muy mucho mucha muchos muchas otro otra otros otras más tan es son fue fueron era eran ser sido está están"
        " estaba estaban estoy estamos ha han he hemos había habían haber hay va van voy vamos puede pueden debe deben"
        " no nunca jamás me te se le les lo nos dos tres cuatro cinco seis siete ocho nueve diez veinte cien mil",
        "yo tú él ella nosotros vosotros ellos ellas usted ustedes",
        "de del",
    ),
    "fr": _vocabulary(
        "et mais ou ni car donc parce que qu quand lorsque puisque si comme où qui dont quoique tandis",
        "à au aux en dans sur sous avec sans pour par chez vers entre contre depuis pendant avant après dès malgré",
        "le la les l un une de d du des ce cet cette ces mon ma mes ton ta tes son sa ses notre nos votre vos leur"
        " leurs chaque tout toute tous toutes quelques plusieurs aucun aucune très plus moins est sont était étaient"
        " être été ai as a avons avez ont avait avaient avoir va vais vont peut peuvent doit doivent ne n pas jamais"
        " me m te t se s lui y deux trois quatre cinq six sept huit neuf dix vingt cent mille",
        "je j tu il elle on nous vous ils elles",
        "de d du des",
    ),
    "de": _vocabulary(
        "und aber oder sondern denn weil dass ob wenn als während obwohl damit bevor nachdem wie wo",
        "in im ins an am auf aus bei beim mit nach seit von vom zu zum zur für durch gegen ohne um über unter vor"
        " hinter neben zwischen bis trotz wegen",
        "der die das den dem des ein eine einen einem einer eines kein keine keinen keinem keiner dieser diese dieses"
        " diesen diesem mein meine dein deine sein seine seinen seinem seiner ihr ihre ihren ihrem ihrer unser unsere"
        " jeder jede jedes alle viele einige andere anderen sehr mehr ist sind war waren bin bist hat haben habe hatte"
        " hatten wird werden wurde wurden würde kann können konnte muss müssen soll sollte will wollen nicht nie zwei"
        " drei vier fünf sechs sieben acht neun zehn zwanzig hundert tausend",
        "ich du er sie es wir man",
        "des sich mich dich ihm ihn uns",
        ordinals=True,
    ),
    "it": _vocabulary(
        "e ed ma o oppure né perché poiché che se quando mentre anche sebbene come dove chi cui",
        "a ad al allo alla ai agli alle all in nel nello nella nei negli nelle nell con senza su sul sullo sulla sui"
        " sulle sull per tra fra da dal dallo dalla dai dalle dall contro durante dopo verso",
        "il lo la i gli le l un uno una di d del dello della dei degli delle dell questo questa questi queste quest"
        " quello quella quelli quelle quel quell mio mia tuo tua suo sua suoi sue nostro nostra loro ogni tutto tutta"
        " tutti tutte qualche alcuni alcune molto molta molti molte altro altra altri altre più così è sono era erano"
        " essere stato stata ha hanno ho abbiamo aveva avevano avere va vanno può possono deve devono non mai mi ti si"
        " ci vi ne due tre quattro cinque sei sette otto nove dieci venti cento mille",
        "io tu lui lei noi voi essi",
        "di del dello della dei degli delle dell",
    ),
    "zh": _vocabulary("但是 可是 不过 不過 因为 因為 所以 如果 而且 或者 然后 然後 虽然 雖然 因此 并且 並且", ""),
    "th": _vocabulary("และ แต่ หรือ เพราะ ซึ่ง แล้ว ถ้า เมื่อ", "ใน จาก กับ โดย ของ ที่"),
}
