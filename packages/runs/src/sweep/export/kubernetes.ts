import { stringify } from 'yaml';
import { UsageError } from '../../usage-error.ts';
import { shellWord } from './shell.ts';

/** Settings of {@link kubernetesManifest}. */
export interface KubernetesOptions {
  /** Name of the sweep; the names of the objects are made from it. */
  readonly name: string;
  /** Text of the spec, which goes into a ConfigMap, and the name of its file. */
  readonly spec: { readonly name: string; readonly text: string };
  /** Image with polysem. */
  readonly image: string;
  /** Number of pods: the sweep is divided into as many shards of equal estimated time. */
  readonly tasks: number;
  /** Most pods at once (default: all). */
  readonly atOnce?: number | undefined;
  /** Further attempts at a shard (default: 3). */
  readonly retries?: number;
  /** Cores and memory per pod. */
  readonly cpus?: number;
  readonly mem?: string;
  /** Size and class of the volume of results (default: 10Gi of the default class). */
  readonly storage?: string;
  readonly storageClass?: string | undefined;
}

const PERMANENT = 42;
const BAD_INPUT = 2;
const MOST_NAME = 50;
const QUANTITY = /^\d+(?:\.\d+)?(?:[KMGT]i?)?$/;

type Manifest = Readonly<Record<string, unknown>>;

/**
 * A manifest that runs a sweep under Kubernetes: an Indexed Job whose pods each compute one shard, with the spec in a ConfigMap
 * and the results on a volume that all pods mount. A pod that is evicted or ends with exit code 1 is started again; exit code
 * 42, a permanent failure, ends its shard alone.
 *
 * @param options spec, image, number of pods and limits.
 * @returns the manifest in YAML.
 * @throws UsageError for a size that Kubernetes would not accept.
 *
 * @example
 * ```js
 * import { kubernetesManifest } from 'polysem/sweep';
 * const spec = { name: 's.yaml', text: 'compute: allocate' };
 * const text = kubernetesManifest({ name: 's', spec, image: 'polysem:1', tasks: 8 });
 * /completions: (\d+)/.exec(text)[1]; // '8'
 * ```
 */
export function kubernetesManifest(options: KubernetesOptions): string {
  const { mem = '2Gi', storage = '10Gi' } = options;
  for (const [flag, value] of Object.entries({ mem, storage }))
    if (!QUANTITY.test(value))
      throw new UsageError(`--${flag}: expected a size such as 2Gi, got ${JSON.stringify(value)}`);
  const lower = options.name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  const name = `polysem-${lower}`.slice(0, MOST_NAME).replace(/-+$/, '');
  const documents = [
    configMap(name, options),
    volumeClaim(name, storage, options.storageClass),
    job(name, mem, options),
  ];
  const head = [
    `# Start:    kubectl apply -f FILE`,
    `# Wait:     kubectl wait --for=condition=complete --timeout=-1s job/${name}`,
    `# Results:  the folder /results/${folderName(options)} of the volume ${name}. One more run without --shard writes the table.`,
  ];
  return `${head.join('\n')}\n${documents.map((one) => stringify(one, { lineWidth: 0 })).join('---\n')}`;
}

function folderName({ name }: KubernetesOptions): string {
  return `${name.replaceAll(/[^\w.-]/g, '-')}.sweep`;
}

function configMap(name: string, { spec }: KubernetesOptions): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name },
    data: { [spec.name.replaceAll(/[^\w.-]/g, '-')]: spec.text },
  };
}

function volumeClaim(name: string, storage: string, storageClass: string | undefined): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name },
    spec: {
      // All pods write to it, on any node.
      accessModes: ['ReadWriteMany'],
      ...(storageClass !== undefined && { storageClassName: storageClass }),
      resources: { requests: { storage } },
    },
  };
}

function job(name: string, mem: string, options: KubernetesOptions): Manifest {
  const { tasks, atOnce = tasks, retries = 3 } = options;
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name },
    spec: {
      completionMode: 'Indexed',
      completions: tasks,
      parallelism: Math.min(tasks, atOnce),
      backoffLimitPerIndex: retries,
      podFailurePolicy: {
        rules: [
          // An eviction is no failure of the shard.
          { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] },
          {
            action: 'FailIndex',
            onExitCodes: {
              containerName: 'polysem',
              operator: 'In',
              values: [BAD_INPUT, PERMANENT],
            },
          },
        ],
      },
      template: { spec: podSpec(name, mem, options) },
    },
  };
}

function podSpec(name: string, mem: string, options: KubernetesOptions): Manifest {
  const { spec, image, tasks, cpus = 1 } = options;
  const specPath = `/spec/${spec.name.replaceAll(/[^\w.-]/g, '-')}`;
  const out = `/results/${folderName(options)}`;
  const run = `exec polysem sweep run ${shellWord(specPath)} --out ${shellWord(out)} --shard "$JOB_COMPLETION_INDEX/${tasks}" --workers ${cpus} --log json`;
  return {
    restartPolicy: 'Never',
    containers: [
      {
        name: 'polysem',
        image,
        command: ['/bin/sh', '-c', run],
        resources: { requests: { cpu: String(cpus), memory: mem }, limits: { memory: mem } },
        volumeMounts: [
          { name: 'spec', mountPath: '/spec', readOnly: true },
          { name: 'results', mountPath: '/results' },
        ],
      },
    ],
    volumes: [
      { name: 'spec', configMap: { name } },
      { name: 'results', persistentVolumeClaim: { claimName: name } },
    ],
  };
}
