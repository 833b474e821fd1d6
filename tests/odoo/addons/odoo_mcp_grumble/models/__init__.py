from . import grumble, report
