/** Where members say to each other that their volumes are empty: see founding.sh. */
export const FOUNDING_PORT = 7700;
