-- First day, in UTC, of the month that traffic is counted in now: it begins on day 1…28.
CREATE FUNCTION traffic_period_from(reset_day integer) RETURNS date LANGUAGE sql STABLE AS $$
  SELECT (date_trunc('month', today) + (reset_day - 1) * interval '1 day'
    - CASE WHEN extract(day FROM today) < reset_day THEN interval '1 month' ELSE interval '0' END)::date
  FROM (SELECT (now() AT TIME ZONE 'UTC')::date AS today) AS utc
$$;
