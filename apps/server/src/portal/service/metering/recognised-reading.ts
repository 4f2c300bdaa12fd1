import type { Call } from '../../../http/call.ts';
import type { PhotoRecognition } from './photo-recognition.ts';
import type { Photo } from './read-photo.ts';

/** What could be read off a photo, as the contract names it (schema `MeterReadingPhotoData`); nothing without recognition, or when it fails. */
export async function recognised(recognition: PhotoRecognition | undefined, photo: Photo, log: Call['log']) {
  if (!recognition) return {};
  try {
    const { reading, sector, meterNumbers } = await recognition.recognise(photo);
    return {
      ...(reading === undefined ? {} : { reading }),
      ...(sector === undefined ? {} : { sector }),
      ...(meterNumbers === undefined ? {} : { meter_numbers: meterNumbers }),
    };
  } catch (error) {
    log.warn({ err: error }, 'A photo of a meter could not be read');
    return {};
  }
}
