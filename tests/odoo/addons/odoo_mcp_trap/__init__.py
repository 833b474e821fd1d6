from . import models
from .records import fill
