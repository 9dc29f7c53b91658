"""免验证: a customer has added a member who hasn't confirmed him yet; who knows him, WeCom doesn't tell until then."""
from acts import act, contact_event
from errors import Refused


@act
def confirms(world, userid, external_userid):
    """The member confirms; a welcome code comes along unless one was used when the customer added him."""
    half = world.halves.pop((userid.lower(), external_userid), None)
    if not half:
        raise Refused(84061)
    world.relate(userid, external_userid, state=half['state'], add_way=half['add_way'])
    code = world.welcome[half['code']]
    more = {} if code['used'] else {'WelcomeCode': half['code']}
    return {}, [contact_event('add_external_contact', half['userid'], external_userid, State=half['state'], **more)]
