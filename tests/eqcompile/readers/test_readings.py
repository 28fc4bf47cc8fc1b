"""What was assumed is one line for each kind, with a few examples."""

from eqcompile.readers.readings import Readings


def test_examples_are_counted_and_not_repeated() -> None:
    readings = Readings()
    for number in (1, 2, 2, 3, 4, 5):
        readings.note("a float is a fraction up to rounding", str(number), "x")
    readings.say("the file has no layout")
    assert readings.notes == (
        "a float is a fraction up to rounding: 1 = x, 2 = x, 3 = x and 2 more",
        "the file has no layout",
    )
    assert Readings().notes == ()
