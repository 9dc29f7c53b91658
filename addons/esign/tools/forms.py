"""The places for signatures as form fields, all made before the first signature: nothing may be added later."""
from dataclasses import dataclass

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.sign import fields
from pyhanko.sign.fields import FieldMDPAction, FieldMDPSpec, MDPPerm, SigFieldSpec

from . import appearance
from .errors import PdfRefused
from .evidence import FREEZE

READ_ONLY, PUSH_BUTTON = 1, 1 << 16
PRINT_AND_LOCKED = 0b10000100
NO_PAGE = 'A place for a signature is on a page the document doesn’t have.'
NO_SEAM = 'The document wasn’t prepared for a seal across its pages.'


@dataclass(frozen=True)
class Field:
    """A place for a signature.

    :param key: the party, a name of letters, digits and underscores
    :param page: from 1
    :param box: (x1, y1, x2, y2) in points from the lower left corner
    :param kind: 'handwriting', 'review' or 'seal'
    """
    key: str
    page: int
    box: tuple
    kind: str


def add_places(writer, places, sizes, last):
    """Make the field of the freezing signature and one for each party; that of ``last`` locks everything once it is signed."""
    fields.append_signature_field(writer, SigFieldSpec(FREEZE, readable_field_name='system'))
    for place in places:
        if not 1 <= place.page <= len(sizes):
            raise PdfRefused(NO_PAGE)
        lock = {'field_mdp_spec': FieldMDPSpec(FieldMDPAction.ALL), 'doc_mdp_update_value': MDPPerm.NO_CHANGES}
        fields.append_signature_field(writer, SigFieldSpec(
            place.key, on_page=place.page - 1, box=_box(place, sizes[place.page - 1]), readable_field_name=place.kind,
            **(lock if place.key == last else {})))


def empty_fields(writer):
    """Return {name: field} of the signature fields that nobody filled."""
    return {name: field.get_object() for name, _value, field in fields.enumerate_sig_fields(writer, filled_status=False)}


def has_signature_fields(writer):
    return next(fields.enumerate_sig_fields(writer), None) is not None


def _box(place, size):
    """Return where a field goes: a seal takes its natural size around the middle of its place, inside the page."""
    x1, y1, x2, y2 = place.box
    if place.kind == 'seal':
        side = appearance.SEAL_POINTS
        x1 = min(max((x1 + x2 - side) / 2, 0), size[0] - side)
        y1 = min(max((y1 + y2 - side) / 2, 0), size[1] - side)
        x2, y2 = x1 + side, y1 + side
    return x1, y1, x2, y2


def renew_buttons(writer):
    """Write the picture of each button anew, in the revision that locks.

    pyHanko's analysis of differences takes a picture that is older than the lock for a change of a locked field.
    """
    for field in _all_fields(writer):
        old = field['/AP'].raw_get('/N') if field.get('/FT') == '/Btn' else None
        if old and (old.generation, old.idnum) not in writer.objects:
            stream = old.get_object()
            copy = generic.StreamObject(dict(stream), encoded_data=stream.encoded_data)
            field[pdf_name('/AP')] = generic.DictionaryObject({pdf_name('/N'): writer.add_object(copy)})
            writer.update_container(field)


def _all_fields(writer):
    return [field.get_object() for field in writer.root['/AcroForm']['/Fields']]


# SEAL ACROSS THE PAGES

def add_seam(writer, places, sizes):
    """Make a read-only button for each seal on each page's right edge, several seals one below the other.

    Buttons, not signatures: their picture is filled in the seal's own revision, so one signature covers all pages.
    """
    keys = [place.key for place in places if place.kind == 'seal']
    buttons = writer.root['/AcroForm']['/Fields']
    for rank, key in enumerate(keys, 1):
        for page, ((width, height), (_number, count)) in enumerate(zip(sizes, _slices(len(sizes)))):
            wide, middle = appearance.SEAL_POINTS / count, height * rank / (len(keys) + 1)
            page_ref = writer.find_page_for_modification(page)[0]
            box = (width - wide, middle - appearance.SEAL_POINTS / 2, width, middle + appearance.SEAL_POINTS / 2)
            reference = writer.add_object(generic.DictionaryObject({
                pdf_name('/Type'): pdf_name('/Annot'), pdf_name('/Subtype'): pdf_name('/Widget'),
                pdf_name('/FT'): pdf_name('/Btn'), pdf_name('/Ff'): generic.NumberObject(PUSH_BUTTON | READ_ONLY),
                pdf_name('/F'): generic.NumberObject(PRINT_AND_LOCKED),
                pdf_name('/T'): generic.pdf_string(_seam_name(key, page + 1)),
                pdf_name('/P'): page_ref,
                pdf_name('/Rect'): generic.ArrayObject(generic.FloatObject(f'{value:.2f}') for value in box),
                pdf_name('/AP'): generic.DictionaryObject({
                    pdf_name('/N'): writer.add_object(appearance.form(wide, appearance.SEAL_POINTS, b''))}),
            }))
            buttons.append(reference)
            writer.register_annotation(page_ref, reference)
    writer.update_container(buttons)


def fill_seam(writer, key, seal):
    """Draw the seal's slices into the buttons made for them; a single page needs none."""
    buttons = {field.get('/T'): field for field in _all_fields(writer)}
    slices = _slices(int(writer.root['/Pages']['/Count']))
    if len(slices) == 1:
        return
    for page, (number, count) in enumerate(slices, 1):
        button = buttons.get(_seam_name(key, page))
        if button is None:
            raise PdfRefused(NO_SEAM)
        button[pdf_name('/AP')] = generic.DictionaryObject({
            pdf_name('/N'): writer.add_object(seal.slice(writer, number, count))})
        writer.update_container(button)


def _slices(count):
    """Return (number of the slice, slices of its seal) for each page: long documents take several seals of equal shares."""
    seals = -(-count // appearance.PAGES_PER_SEAL)
    bounds = [round(count * seal / seals) for seal in range(seals + 1)]
    return [(page - start, end - start) for start, end in zip(bounds, bounds[1:]) for page in range(start, end)]


def _seam_name(key, number):
    # Fixed width: some readers match the names of locked fields by their beginning.
    return f'seam_{key}_{number:03}'
