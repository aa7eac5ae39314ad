-- Asks as one application of many. Arguments: PATTERN COUNT SEED, then
--   form BEGIN MIDDLE   posts the form of an application that is computed from its number, as SeededCredentials does
--   bearer FILE         calls with one of the COUNT tokens in FILE, one a line
-- PATTERN: hot (the first alone), uniform, zipf (exponent 1), sweep (each one once, from SEED on).
local exp, log, floor, random, format = math.exp, math.log, math.floor, math.random, string.format
local spread = 15485863 -- A prime above every COUNT: neighbours in rank are no neighbours in the store.

local function picker(pattern, count, seed)
  math.randomseed(seed)
  local span, turn = log(count + 1), seed
  if pattern == "hot" then return function() return 0 end end
  if pattern == "uniform" then return function() return random(0, count - 1) end end
  -- The inverse of the distribution: rank k has ln((k + 1) / k) of it, which is as 1 / k.
  if pattern == "zipf" then return function() return floor(exp(random() * span) - 1) * spread % count end end
  return function()
    turn = turn + 1
    return turn % count * spread % count
  end
end

local function cut(text, mark)
  local from, to = text:find(mark, 1, true)
  return text:sub(1, from - 1), text:sub(to + 1)
end

function init(args)
  local pick = picker(args[1], tonumber(args[2]), tonumber(args[3]))
  if args[4] == "form" then
    local headers = { ["Content-Type"] = "application/x-www-form-urlencoded" }
    local before, rest = cut(wrk.format("POST", nil, headers, args[5] .. "@@@@@@@@" .. args[6] .. "########"), "@@@@@@@@")
    local middle = cut(rest, "########")
    request = function()
      local number = pick()
      return before .. format("%08x", number * 226160437 % 4294967296) .. middle .. format("%08d", number)
    end
  else
    local tokens, count = {}, 0
    for token in io.lines(args[5]) do
      tokens[count] = token
      count = count + 1
    end
    local before, after = cut(wrk.format("GET", nil, { ["Authorization"] = "Bearer @" }), "@")
    request = function() return before .. tokens[pick()] .. after end
  end
  wrk.request = request
end

dofile(debug.getinfo(1, "S").source:match("^@(.*/)") .. "result.lua")
