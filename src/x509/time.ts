// Times of certificates, CRLs and OCSP (RFC 5280 4.1.2.5): UTCTime is YYMMDDHHMMSSZ, GeneralizedTime YYYYMMDDHHMMSSZ;
// seconds are there, fractions and offsets are not, and the date must exist. Values are milliseconds since 1970 UTC.

import { type DerReader, TAG } from './der.ts';

/**
 * Reads a Time, a choice of the two forms.
 * @throws DecodeError when it is neither, or does not follow RFC 5280 4.1.2.5.1 and .2
 */
export function readTime(reader: DerReader): number {
  if (reader.peek() !== TAG.utcTime) return readGeneralizedTime(reader);
  const start = reader.range(TAG.utcTime);
  const year = reader.pos - start === 13 ? digits(reader.bytes, start, 2) : -1;
  // RFC 5280 4.1.2.5.1: "Where YY is greater than or equal to 50, the year SHALL be interpreted as 19YY".
  return calendar(reader, start + 2, year < 0 ? -1 : year >= 50 ? 1900 + year : 2000 + year);
}

/** Reads a GeneralizedTime in the form that RFC 5280 4.1.2.5.2 and RFC 6960 4.2.2.1 allow. */
export function readGeneralizedTime(reader: DerReader): number {
  const start = reader.range(TAG.generalizedTime, 'a time');
  return calendar(reader, start + 4, reader.pos - start === 15 ? digits(reader.bytes, start, 4) : -1);
}

/** `2026-11-22 06:35:23 UTC`, for texts; a clock may say anything. */
export function timeText(ms: number): string {
  if (!(Math.abs(ms) <= 8.64e15)) return 'a time that no calendar has';
  return `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** The rest of a time from its month on; a negative year is one that had the wrong length. */
function calendar(reader: DerReader, at: number, year: number): number {
  const text = reader.bytes;
  const month = digits(text, at, 2);
  const day = digits(text, at + 2, 2);
  const hour = digits(text, at + 4, 2);
  const minute = digits(text, at + 6, 2);
  const second = digits(text, at + 8, 2);
  const ends = text[at + 10] === 0x5a && reader.pos === at + 11;
  const whole = ends && year >= 0 && month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month);
  if (!whole || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) {
    throw reader.failBody('a time that is not YYMMDDHHMMSSZ or YYYYMMDDHHMMSSZ');
  }
  return daysFromCivil(year, month, day) * 86_400_000 + ((hour * 60 + minute) * 60 + second) * 1000;
}

/** Days since 1970-01-01 in the proleptic Gregorian calendar; Date.UTC would read years below 100 as 19YY. */
function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function daysIn(year: number, month: number): number {
  const leap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return leap ? 29 : (DAYS[month - 1] ?? 0);
}

/** `count` decimal digits as a number, or -1 when one is not a digit. */
function digits(text: Uint8Array, at: number, count: number): number {
  let value = 0;
  for (let i = at; i < at + count; i++) {
    const digit = (text[i] ?? 0) - 0x30;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}
