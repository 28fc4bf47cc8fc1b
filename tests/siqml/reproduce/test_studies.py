import pytest

from siqml.data.reading.shipped import is_shipped, shipped_sets
from siqml.errors import ConfigError
from siqml.field.catalogue import find, shipped_names
from siqml.reproduce.studies import OTHER_STUDIES, STUDIES, choose
from siqml.reproduce.study import Study
from siqml.training.config import load_config


@pytest.mark.parametrize("study", [*STUDIES, *OTHER_STUDIES], ids=lambda study: study.name)
def test_everything_a_study_names_is_shipped(study: Study) -> None:
    assert {row.config for row in study.rows} <= set(shipped_names("configs"))
    assert set(study.data_sets) <= set(shipped_sets())
    assert study.beyond is None or is_shipped(study.beyond)
    for row in study.rows:
        assert (
            load_config(find(row.config, "configs")).data.train.removesuffix("_train.extxyz")
            in study.data_sets
        )


def test_tables_figures_and_all() -> None:
    assert choose(["all"]) == list(STUDIES)
    assert choose(["fig4"]) == choose(["table1"]) != choose(["fig6"])


def test_another_molecule_is_no_table_and_not_in_all() -> None:
    (study,) = choose(["h2"])
    assert study in OTHER_STUDIES
    assert study not in choose(["all"])
    assert choose(["h2", "table1"]) == choose(["table1", "h2"]) == [*choose(["table1"]), study]
    assert choose(["all", "h2"]) == [*STUDIES, study]
    assert not any(row.printed for row in study.rows)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("tabel2", 'cannot reproduce "tabel2"; did you mean "table2"? known: table1, '),
        ("fig9000", 'cannot reproduce "fig9000"; '),
        ("h2o", 'cannot reproduce "h2o"; did you mean "h2"? known: table1, '),
        ("everything", 'cannot reproduce "everything"; known: table1, '),
    ],
)
def test_unknown_names(name: str, expected: str) -> None:
    with pytest.raises(ConfigError) as error:
        choose(["table1", name])
    assert str(error.value).startswith(expected)
