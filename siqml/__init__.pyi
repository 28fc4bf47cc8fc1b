"""The public names, once: type checkers read them here, and so does the package when a name is first used."""

from siqml.data.reading.extxyz import write_structures as write_structures
from siqml.data.reading.read import read_data as read_data
from siqml.descriptors.fit import FitOrder as FitOrder
from siqml.descriptors.fit import fit_descriptors as fit_descriptors
from siqml.device.force_field import HardwareField as HardwareField
from siqml.errors import SiqmlError as SiqmlError
from siqml.field.calculator import SiqmlCalculator as SiqmlCalculator
from siqml.field.descriptors.descriptor_field import DescriptorField as DescriptorField
from siqml.field.descriptors.descriptors import Descriptors as Descriptors
from siqml.field.descriptors.descriptors import invariant_operators as invariant_operators
from siqml.field.ensemble import Ensemble as Ensemble
from siqml.field.ensemble import load_field as load_field
from siqml.field.force_field import ForceField as ForceField
from siqml.field.model_file import load_model as load_model
from siqml.field.scaling import Scaling as Scaling
from siqml.molecule.frame import Frame as Frame
from siqml.molecule.internal_coordinates import InternalCoordinates as InternalCoordinates
from siqml.molecule.structures import Structures as Structures

__version__: str
