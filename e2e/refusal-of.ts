/** Status and body of a call that the server refuses; throws when it does not, or when no answer came. */
export async function refusalOf(
  call: Promise<{ readonly status: number }>,
): Promise<{ status: unknown; body: unknown }> {
  const outcome = await call.then(
    ({ status }) => ({ status }),
    (error: unknown) => ({ error }),
  );
  if ('status' in outcome) throw new Error(`The call was not refused but answered ${outcome.status}`);
  const { error } = outcome;
  const response: unknown = error instanceof Error && 'response' in error ? error.response : undefined;
  if (typeof response !== 'object' || response === null || !('status' in response) || !('data' in response))
    throw error;
  return { status: response.status, body: response.data };
}
