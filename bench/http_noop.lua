-- A request of 1.2 KB as a signing client sends it: a token of usual length and a short body.
wrk.method = "POST"
wrk.path = "/keys/rsa-2048-key/0123456789abcdef0123456789abcdef/sign?api-version=7.4"
wrk.headers["Authorization"] = "Bearer " .. string.rep("a", 843)
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Accept"] = "application/json"
wrk.headers["User-Agent"] = "azsdk-python-keyvault-keys/4.8.0 Python/3.11 (Linux)"
wrk.body = '{"alg":"RS256","value":"' .. string.rep("A", 43) .. '"}'
