"""What is done to tags in WeCom's console."""
from acts import act
from errors import Refused


def _find(world, number):
    found = world.find_tag(number)
    if not found:
        raise Refused(40068)
    return found


def _event(change, number, kind='tag'):
    return {'Event': 'change_external_tag', 'ChangeType': change, 'Id': number, 'TagType': kind}


@act
def renames_tag(world, number, name):
    _find(world, number)[1]['name'] = name
    return {}, [_event('update', number)]


@act
def deletes_tag(world, number):
    """Whoever has it loses it; no event tells of the customers."""
    group, _tag = _find(world, number)
    del group['tag'][number]
    for relation in world.relations.values():
        relation['tags'] = [tag for tag in relation['tags'] if tag != number]
    return {}, [_event('delete', number)]


@act
def shuffles_tags(world, group):
    """The order of a group is turned round."""
    tags = world.tags[group]['tag']
    for order, tag in enumerate(tags.values(), 1):
        tag['order'] = order
    return {}, [_event('shuffle', group, 'tag_group')]
