/** The port on which members report that their volumes are empty: see founding.sh. */
export const FOUNDING_PORT = 7700;
