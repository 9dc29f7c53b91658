from . import wording
from .chinese_money import capital
from .pdf import PdfError, Rendered, render
