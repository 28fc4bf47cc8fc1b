"""The schema of a training config, and every way of reading one."""

from collections.abc import Sequence
from difflib import get_close_matches
from io import StringIO
from pathlib import Path
from typing import Annotated, Any, Final, Literal, get_args

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, ValidationError, model_validator

from siqml.data.reading.declared_units import DeclaredUnits, EnergyUnit, LengthUnit
from siqml.data.reading.label_keys import LabelKeys
from siqml.data.reading.shipped import is_shipped
from siqml.errors import ConfigError, ModelError, cut
from siqml.field.backend import Backend
from siqml.field.scaling import DEFAULT_WINDOW
from siqml.limits import MAX_COUNT, MAX_SEED
from siqml.molecule.frame import Frame
from siqml.molecule.internal_coordinates import AnyFrame, InternalCoordinates
from siqml.yaml_text import Document, Key, parse_yaml, read_yaml

START_MODEL: Final = ("start", "model")
PATHS: Final = (("model",), ("data", "train"), ("data", "test"), START_MODEL)
"""Settings that can be paths."""

MAX_STEPS: Final = 10_000_000
"""Steps of each phase of a training. Beyond it, refused: train on from the result with `start.model`."""

MAX_MEMORY: Final = 1000
"""Earlier steps that L-BFGS keeps in memory. Beyond it, refused: take fewer; 150 are usually enough."""

Steps = Annotated[int, Field(ge=0, le=MAX_STEPS)]
Count = Annotated[int, Field(ge=1, le=MAX_COUNT)]
Finite = Annotated[float, Field(allow_inf_nan=False)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Weight = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class FrameConfig(_Part):
    """Atoms of the molecule, and what the sites of the spec are.

    They are either positions: the atom at each site, and the atoms whose mean is the origin, with ``origins`` for
    sites that have their own. Or they are internal coordinates: two atoms for their distance, three for the angle at
    the middle one. Or, with ``atoms`` alone, they are the atoms themselves, in their order; the model must then be
    proven not to see shifts.
    """

    atoms: Annotated[list[str], Field(min_length=1)]
    sites: dict[str, int] | None = None
    origin: Annotated[list[int], Field(min_length=1)] | None = None
    origins: dict[str, Annotated[list[int], Field(min_length=1)]] | None = None
    coordinates: dict[str, list[int]] | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> "FrameConfig":
        positions = [self.sites is not None, self.origin is not None]
        if any(positions) and not (all(positions) and self.coordinates is None):
            raise ValueError("give `sites` and `origin`, or `coordinates` alone")
        if self.origins is not None and not all(positions):
            raise ValueError("`origins` belong to `sites`; leave them out beside `coordinates`")
        return self

    def place(self, order: Sequence[str]) -> AnyFrame:
        """The frame for a spec.

        Args:
            order: names of the sites of the spec.

        Raises:
            ModelError: the spec has other sites, or an atom does not exist.
        """
        if self.coordinates is not None:
            return InternalCoordinates.named(self.atoms, self.coordinates, order)
        if self.sites is None:
            if len(order) != len(self.atoms):
                raise ModelError(
                    f"the frame has {len(self.atoms)} atoms and no sites, and the spec has {len(order)} sites "
                    f"({', '.join(order)}); give `sites` and `origin`, or `coordinates`"
                )
            return Frame(tuple(self.atoms), tuple(range(len(order))), ())
        return Frame.named(self.atoms, self.sites or {}, self.origin or [], order, self.origins)


class UnitsConfig(_Part):
    """Units of energy and length for the user's files that do not name their own; forces are in their ratio."""

    energy: EnergyUnit | None = None
    length: LengthUnit | None = None


class KeysConfig(_Part):
    """Names of energy and forces in the user's files, where they are not the usual ones.

    ``forces: none`` leaves forces out.
    """

    energy: Annotated[str, Field(min_length=1)] | None = None
    forces: Annotated[str, Field(min_length=1)] | None = None


class DataConfig(_Part):
    """Training and test sets: names of shipped files, or paths, relative to the config, of files of any known format.

    ``units`` and ``keys`` are those of the user's files. With ``train_size``, that many structures of the training set
    are taken, drawn with the seed. With the same seed, a smaller number takes part of what a larger one takes.
    """

    train: str
    test: str | None = None
    train_size: Count | None = None
    units: UnitsConfig | None = None
    keys: KeysConfig | None = None

    @property
    def declared(self) -> DeclaredUnits:
        """The units, in the form that readers take."""
        units = self.units or UnitsConfig()
        return DeclaredUnits(units.energy, units.length)

    @property
    def named(self) -> LabelKeys:
        """The names of the labels, in the form that readers take."""
        keys = self.keys or KeysConfig()
        return LabelKeys(keys.energy, keys.forces)


class LabelConfig(_Part):
    """Where training energies are mapped to, as fractions of the observable's range, and what is added to them.

    With ``map: least_squares`` there is no window: at every step, the affine map from values to energies is the best
    one for the parameters. With ``map: coefficients``, the circuits of a sum have one best factor for each name of
    weights, instead of one for all. ``noise`` is the standard deviation in eV of normal noise on every training
    energy, drawn by the seed.
    """

    window: Annotated[list[Finite], Field(min_length=2, max_length=2)] = list(DEFAULT_WINDOW)
    map: Literal["least_squares", "coefficients"] | None = None
    noise: Positive | None = None


class StartConfig(_Part):
    """Start values: spread of the weights around zero, and the scales alpha in 1/angstrom.

    ``weights`` is one spread, or one for each gate of a layer in the order of the spec. It is the standard deviation of
    a normal ``distribution``, the default, or the bound of a uniform one. With ``identity_blocks``, part of the weights
    is drawn so, and the others undo them, see `siqml.training.start`. With ``model``, a trained model of the same spec,
    all parameters start at its values instead.
    """

    model: str | None = None
    weights: Annotated[
        Annotated[Weight, Tag("float")] | Annotated[list[Weight], Tag("list[float]")],
        Discriminator(lambda given: "list[float]" if isinstance(given, list) else "float"),
    ] = 0.05
    distribution: Literal["normal", "uniform"] | None = None
    identity_blocks: bool | None = None
    scales: Annotated[
        Annotated[Finite, Tag("float")] | Annotated[dict[str, Finite], Tag("dict[float]")],
        Discriminator(lambda given: "dict[float]" if isinstance(given, dict) else "float"),
    ] = 0.3


class LossConfig(_Part):
    """Weights of MSE(E) in eV^2 and MSE(F) in eV^2/angstrom^2.

    With ``along: line``, F is the force along the line on which all training structures lie.
    """

    energy: Weight = 1.0
    forces: Weight = 0.0
    along: Literal["line"] | None = None

    @model_validator(mode="after")
    def _something_to_learn(self) -> "LossConfig":
        if self.energy == 0 and self.forces == 0:
            raise ValueError("energy and forces are both 0: nothing to learn; give one of them a weight")
        return self


class AdamConfig(_Part):
    """The first phase. The scales move more slowly, because each of them enters every encoding.

    By default both rates fall along a cosine; with ``schedule``, they fall in another way or not at all. With
    ``batch``, a step sees that many structures, drawn with the seed without repeats until all have been seen.
    """

    steps: Steps = 2000
    learning_rate: Positive = 0.06
    scale_learning_rate: Positive = 0.002
    schedule: Literal["cosine", "exponential", "constant"] | None = None
    batch: Count | None = None


class LbfgsConfig(_Part):
    """The second phase.

    With ``energies_first``, Adam and that many steps of L-BFGS minimise MSE(E) alone, several times faster, before the
    ``steps`` on the loss that was asked for.
    """

    steps: Steps = 8000
    energies_first: Steps | None = None
    memory: Annotated[int, Field(ge=1, le=MAX_MEMORY)] = 150


class GaussNewtonConfig(_Part):
    """The third phase, if there is one: few steps that know the curvature of the loss.

    A step costs about six times the number of sites of a step of the loss, and does not need the phases before it.
    """

    steps: Steps = 300


class StopConfig(_Part):
    """Early stopping: a share of the training set, drawn with the seed, is held out and never trained on.

    A phase ends when the loss over this share has not fallen for ``patience`` steps. The next one begins from the best
    parameters, and the best are the result.
    """

    validation: Annotated[float, Field(gt=0, lt=1)] = 0.1
    patience: Count = 500


class CheckpointConfig(_Part):
    """Number of steps between two checkpoints."""

    every: Count = 500


class Config(_Part):
    """A whole training: model, data, loss, optimisers.

    Relative paths start at the folder of the file that names them. ``backend`` is what evaluates the circuit and its
    gradients: the kernel where Numba is installed and the model fits in it, else JAX. Their results differ by
    rounding, so a run ends with the one it began with, and its config says which. With ``devices``, JAX divides every
    batch among that many, of one machine or of several; this changes rounding as well.
    """

    model: str
    frame: FrameConfig
    data: DataConfig
    labels: LabelConfig = LabelConfig()
    start: StartConfig = StartConfig()
    loss: LossConfig = LossConfig()
    adam: AdamConfig = AdamConfig()
    lbfgs: LbfgsConfig = LbfgsConfig()
    gauss_newton: GaussNewtonConfig | None = None
    stop: StopConfig | None = None
    checkpoint: CheckpointConfig = CheckpointConfig()
    backend: Backend | None = None
    devices: Count | None = None
    seed: Annotated[int, Field(ge=0, le=MAX_SEED)] = 0


def load_config(path: Path, overrides: Sequence[str] = (), over: Sequence[str] = ()) -> Config:
    """Read and validate a config.

    Args:
        path: the YAML file.
        overrides: settings such as ``"adam.steps=100"``, which override the file. A path in them starts from the
            working folder or, if nothing is there, from the folder of the config, like those in the file.
        over: more of them, which messages say were given with ``--over``.

    Returns:
        The config, with defaults filled in.

    Raises:
        ConfigError: there is a mistake; one line gives file, line and column of the first one.
    """
    document = read_yaml(path)
    for option, settings in (("--set", overrides), ("--over", over)):
        for setting in settings:
            document = _overridden(document, option, setting, path.parent)
    return validate(document)


def refuse_idle(path: Path) -> None:
    """Refuse settings of a user's file that have no effect beside others in it.

    A value that is the default does not count as a wish. ``--set`` may make settings of the file idle: that is what it
    is for.

    Args:
        path: the YAML file.

    Raises:
        ConfigError: there is such a setting; the error names its place.
    """
    document = read_yaml(path)
    try:
        config = validate(document)
    except (
        ConfigError
    ):  # what is wrong, or set elsewhere, is found together with the settings of the command line
        return
    plain, start = LabelConfig(), StartConfig()
    if config.labels.map is not None and config.labels.window != plain.window:
        raise document.error(
            f"labels.window: with map: {config.labels.map} there is none; leave it out", ("labels", "window")
        )
    for key in ("weights", "distribution", "identity_blocks", "scales"):
        if config.start.model is not None and getattr(config.start, key) != getattr(start, key):
            raise document.error(
                f"start.{key}: all parameters start at the values of start.model; leave one of the two out",
                ("start", key),
            )
    if config.loss.along is not None and config.loss.forces == 0:
        raise document.error(
            "loss.along: it is about forces, but their weight is 0; give them one", ("loss", "along")
        )


def validate(document: Document) -> Config:
    """Check a document against the schema.

    Args:
        document: the parsed text.

    Returns:
        The config, with defaults filled in.

    Raises:
        ConfigError: the first mistake in the order of the text; a missing key only if nothing else is wrong.

    >>> from siqml.yaml_text import parse_yaml
    >>> validate(parse_yaml("model: lih\\nadem: {steps: 3}", "c.yaml"))
    Traceback (most recent call last):
    siqml.errors.ConfigError: c.yaml:2:1: unknown key "adem"; did you mean "adam"? \
known: model, frame, data, labels, start, loss, adam, lbfgs, gauss_newton, stop, checkpoint, backend, devices, seed
    """
    try:
        return Config.model_validate(document.tree)
    except ValidationError as invalid:
        errors = invalid.errors(include_url=False)
    first = min(errors, key=lambda error: (error["type"] == "missing", document.place(error["loc"])))
    raise document.error(_message(first), first["loc"])


def to_yaml(config: Config) -> str:
    """The whole config as YAML, which `load_config` reads back to an equal config."""
    from ruamel.yaml import YAML

    text = StringIO()
    yaml: Any = YAML(typ="safe", pure=True)  # Any: its stub does not know the settings below
    yaml.default_flow_style = False
    yaml.sort_base_mapping_type_on_output = False
    yaml.dump(config.model_dump(), text)
    return text.getvalue()


def _message(error: Any) -> str:
    key, kind, found = error["loc"], error["type"], error["input"]
    if kind == "extra_forbidden":
        known = _known_keys(key[:-1])
        close = get_close_matches(str(key[-1]), known, 1)
        hint = f'did you mean "{close[0]}"? ' if close else ""
        return f'unknown key "{key[-1]}"; {hint}known: {", ".join(known)}'
    dotted = ".".join(str(part) for part in key if not str(part).startswith(("dict[", "list[", "float")))
    if kind == "missing":
        return f'"{dotted}" is missing'
    if kind == "value_error":
        return f"{dotted}: {error['ctx']['error']}"
    needed = error["msg"].removeprefix("Input should be ")
    return f"{dotted}: found {_shown(found)}; needed: {needed[0].lower()}{needed[1:]}"


def _known_keys(key: Key) -> list[str]:
    part: Any = Config
    for name in key:
        # unknown keys are found only where the parents are known; some parents may be left out
        found = part.model_fields[name].annotation
        part = next((kind for kind in get_args(found) if kind is not type(None)), found)
    return list(part.model_fields)


def _shown(value: Any) -> str:
    if value is None:
        return "nothing"
    text = f'"{value}"' if isinstance(value, str) else str(value)
    return cut(text)


def _overridden(document: Document, option: str, setting: str, beside: Path) -> Document:
    name, equals, text = setting.partition("=")
    origin = f"{option} {setting}"
    keys = tuple(name.strip().split("."))
    if not equals or not all(keys):
        raise ConfigError(f"write it as KEY=VALUE, for instance {option} adam.steps=100", origin)
    value = parse_yaml(f"value: {text}", origin).tree["value"]
    if keys in PATHS and isinstance(value, str):
        value = _from_here(keys, Path(value), beside)
    return document.replaced(keys, value, origin)


def _from_here(keys: Key, path: Path, beside: Path) -> str:
    """A path from the command line: absolute, unless it names something shipped or lies beside the config."""
    if len(path.parts) == 1 and _can_be_shipped(keys, path):
        return str(path.absolute()) if keys != ("model",) and path.exists() else str(path)
    return str(path) if (beside / path).exists() and not path.exists() else str(path.absolute())


def _can_be_shipped(keys: Key, path: Path) -> bool:
    return is_shipped(path.name) if keys[0] == "data" else keys == ("model",) and not path.suffix
