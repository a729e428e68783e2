-- Kernel memory that a VE may take at most: the limits of its five parameters, or all of its memory where one has none.
CREATE FUNCTION ve_kernel_limit(memory_bytes bigint, more jsonb) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT least(memory_bytes, ve_beancounter(more, 'kmemsize', 'limit', NULL, NULL)
    + ve_beancounter(more, 'tcpsndbuf', 'limit', NULL, NULL) + ve_beancounter(more, 'tcprcvbuf', 'limit', NULL, NULL)
    + ve_beancounter(more, 'othersockbuf', 'limit', NULL, NULL) + ve_beancounter(more, 'dgramrcvbuf', 'limit', NULL, NULL))
$$;
