import { describe, expect, test } from 'vitest';
import { architectures } from '../../src/architecture.ts';
import { clockMHz, processorFrom } from '../../src/results/cpuinfo.ts';
import { savedMachine } from '../plan/fixtures/saved-machine.ts';

const cpuinfoOf = (machine: string) => savedMachine(machine).get('/proc/cpuinfo');

describe('/proc/cpuinfo names the processor', () => {
  test('of an x86-64 guest', () => {
    expect(processorFrom('x86-64', cpuinfoOf('guest-2-vcpu'), '')).toEqual({
      model: 'AMD EPYC',
      identification: { vendor: 'AuthenticAMD', family: '25', model: '17', stepping: '1' },
      microcode: '0x1000065',
    });
  });

  test('of an arm64 machine with two kinds of core, by their part numbers', () => {
    expect(processorFrom('arm64', cpuinfoOf('apple-m1-linux'), '')).toEqual({
      model: 'Apple M1-Icestorm + Apple M1-Firestorm',
      identification: { implementer: '0x61', part: '0x022 + 0x023', variant: '0x1', revision: '1' },
    });
  });

  test.each([
    ['0x41', '0xd4f', 'Arm Neoverse-V2'],
    ['0x41', '0xfff', 'Arm part 0xfff'],
    ['0x99', '0x001', 'implementer 0x99 part 0x001'],
  ])('of an arm64 core %s %s: %s', (implementer, part, model) => {
    const cpuinfo = `processor\t: 0\nCPU implementer\t: ${implementer}\nCPU part\t: ${part}\n`;
    expect(processorFrom('arm64', cpuinfo, '').model).toBe(model);
  });

  test('of a POWER partition', () => {
    expect(processorFrom('ppc64le', cpuinfoOf('power9-smt8'), '')).toEqual({
      model: 'POWER9 (architected)',
      identification: { revision: '2.2 (pvr 004e 0202)', platform: 'pSeries', machine: 'IBM,9009-22A' },
    });
  });

  test('of an s390x partition, without the serial number in "identification"', () => {
    expect(processorFrom('s390x', cpuinfoOf('s390x-lpar'), '')).toEqual({
      model: 'IBM z15',
      identification: { vendor: 'IBM/S390', machine: '8561' },
    });
    expect(processorFrom('s390x', 'processor 0: version = 00,  machine = 9999\n', '').model).toBe(
      'IBM machine 9999',
    );
  });

  test('of a RISC-V board', () => {
    const cpuinfo =
      'processor\t: 0\nhart\t\t: 1\nisa\t\t: rv64imafdc_zba_zbb\nmmu\t\t: sv39\nuarch\t\t: sifive,u74-mc\n' +
      'mvendorid\t: 0x489\nmarchid\t\t: 0x8000000000000007\nmimpid\t\t: 0x4210427\n\n';
    expect(processorFrom('riscv64', cpuinfo, '')).toEqual({
      model: 'sifive,u74-mc',
      identification: {
        mvendorid: '0x489',
        marchid: '0x8000000000000007',
        mimpid: '0x4210427',
        isa: 'rv64imafdc_zba_zbb',
      },
    });
  });

  test('not of a board, its serial number or its revision', () => {
    const cpuinfo =
      'processor\t: 0\nCPU implementer\t: 0x41\nCPU part\t: 0xd0b\n\nHardware\t: BCM2835\nRevision\t: d04170\nSerial\t\t: 5f1e8aa9b1c2d3e4\n';
    expect(JSON.stringify(processorFrom('arm64', cpuinfo, ''))).not.toMatch(/5f1e8aa9|d04170/);
  });
});

describe('where /proc/cpuinfo does not name it', () => {
  test.each(architectures)('on %s, Node does, or it is unknown', (architecture) => {
    expect(processorFrom(architecture, undefined, 'Apple M1 ')).toEqual({
      model: 'Apple M1',
      identification: {},
    });
    expect(processorFrom(architecture, '', '').model).toBe('unknown');
  });

  test.each(architectures)(
    'on %s, under an emulator that shows the host, nothing is invented',
    (architecture) => {
      const hosts = cpuinfoOf(architecture === 'x86-64' ? 'power9-smt8' : 'guest-2-vcpu');
      expect(processorFrom(architecture, hosts, '').model).toBe('unknown');
    },
  );
});

test.each([
  ['guest-2-vcpu', 2596.134],
  ['power9-smt8', 3000],
  ['s390x-lpar', 5200],
  ['apple-m1-linux', undefined],
])('the clock of %s is %s MHz', (machine, expected) => {
  expect(clockMHz(cpuinfoOf(machine))).toBe(expected);
});
