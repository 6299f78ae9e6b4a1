-- Requests of wrk: the bodies of a file, one after the other, each behind a pause.
-- Arguments: the file of bodies with a zero byte between, and the mean pause in milliseconds; none if it is 0.
local requests, turn, pause = {}, 0, 0

function init(arguments)
  local file = assert(io.open(arguments[1], "rb"))
  local fields = { ["Content-Type"] = "application/json" }
  for body in file:read("*a"):gmatch("%Z+") do
    requests[#requests + 1] = wrk.format("POST", "/v1/chat/completions", fields, body)
  end
  file:close()
  pause = tonumber(arguments[2])
  math.randomseed(7)
  if pause == 0 then delay = nil end
end

function request()
  turn = turn % #requests + 1
  return requests[turn]
end

-- The time between requests of many clients that know nothing of each other.
function delay()
  return math.floor(-math.log(1 - math.random()) * pause)
end

function done(summary, latency)
  local errors = summary.errors
  print(string.format("RESULT %d %d %d %d %d %d %d", summary.requests, summary.duration,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout,
    latency:percentile(50), latency:percentile(90), latency:percentile(99), latency.max))
end
