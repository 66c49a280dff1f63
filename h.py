import sys; sys.path.insert(0,"/tmp/fx/k")
import ask as a; a.ADMIN,a.PUBLIC=24445,24444
import time
from urllib.parse import urlencode
for _ in range(300):
    try:
        if a.ask("GET","/health/ready",port=24445)[0]==200: break
    except OSError: time.sleep(.1)
def t(allowed,want):
    a.ask("DELETE","/admin/clients/c",port=24445)
    s,b=a.ask("POST","/admin/clients",{"client_id":"c","client_secret":"correct-horse","grant_types":["client_credentials"],"token_endpoint_auth_method":"client_secret_post","audience":allowed},port=24445)
    if s!=201: return print(allowed,s,b)
    s,b=a.ask("POST","/oauth2/token",urlencode([("grant_type","client_credentials"),("client_id","c"),("client_secret","correct-horse")]+[("audience",w) for w in want]),port=24444)
    print(allowed,want,s,b.get("error_description",b.get("error")))
t(["https://api/v1",":"],["https://api/v1"])
t([":"],["https://api/v1"])
t([":"],[])
t(["https://api/v1",":"],["https://nope"])
t(["https://api/v1","http://a b"],["https://api/v1"])
t(["urn:a"],["urn:a"])
t(["urn:a"],["urn:"])
t(["urn:a"],["mailto:a"])
t(["https://u@api/v1"],["https://api/v1"])
t(["https://api/v1?x"],["https://api/v1#y"])
t(["https://api/v1/"],["https://api/v1","https://api/v1/a","https://api/v1//"])
t(["https://api"],["https://api//x"])
t(["a"],["a"])
t(["a"],["a/b"])
