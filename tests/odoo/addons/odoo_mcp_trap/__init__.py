from . import models
from .rows import fill
