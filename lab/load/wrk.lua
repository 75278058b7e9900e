-- What wrk does in the lab: sends the requests that lab/load/wrk.ts has prepared, in their order and then again, and
-- writes down what it counted. There is no response(): with one, wrk would build tables of the headers of each answer.

local requests, count, at = {}, 0, 0

-- In the thread that makes the load, before it begins.
function init()
  local file = assert(io.open(os.getenv("LAB_REQUESTS"), "rb"))
  for request in file:read("*a"):gmatch("[^%z]+") do
    count = count + 1
    requests[count] = request
  end
  file:close()
  io.stderr:write("lab: measuring\n")
end

function request()
  at = at % count + 1
  return requests[at]
end

function done(summary, latency)
  io.stderr:write("lab: measured\n")
  local number = function(value) return string.format("%.0f", value) end
  local errors, latencies = {}, {}
  for kind, times in pairs(summary.errors) do
    errors[#errors + 1] = string.format('"%s":%s', kind, number(times))
  end
  for index = 1, #latency do
    local micros, times = latency(index)
    latencies[index] = string.format("[%s,%s]", number(micros), number(times))
  end
  local file = assert(io.open(os.getenv("LAB_SUMMARY"), "wb"))
  file:write(
    '{"durationMicros":', number(summary.duration),
    ',"requests":', number(summary.requests),
    ',"bytes":', number(summary.bytes),
    ',"errors":{', table.concat(errors, ","), "}",
    ',"latencies":[', table.concat(latencies, ","), "]}\n"
  )
  file:close()
end
