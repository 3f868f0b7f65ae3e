export * from './invalid-input-error';
export { Quantity } from './quantity';
