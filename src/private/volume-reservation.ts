import { ClaimSpec } from './claim-spec';
import { IPersistentVolume } from '../storage/persistent-volume';
import { PersistentVolumeClaim } from '../storage/persistent-volume-claim';

type Reserve = (claim: PersistentVolumeClaim, spec: ClaimSpec) => void;

/** How the volumes of an app are told which claim names them. */
const reservations = new WeakMap<IPersistentVolume, Reserve>();

/** `reserve` is called for the claim that names the volume, and throws if it cannot have it. */
export function onReservation(volume: IPersistentVolume, reserve: Reserve): void {
  reservations.set(volume, reserve);
}

/** Reserves a volume of the app for the claim; one that exists in the cluster only is left alone. */
export function reserveFor(claim: PersistentVolumeClaim, spec: ClaimSpec, volume: IPersistentVolume): void {
  reservations.get(volume)?.(claim, spec);
}
