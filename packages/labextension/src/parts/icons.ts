// Our icons: 16 px strokes that take the colour of the text around them.
import { LabIcon } from '@jupyterlab/ui-components';

const stroke = (name: string, path: string): LabIcon =>
  new LabIcon({
    name: `cellfarm:${name}`,
    svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16" viewBox="0 0 16 16"><path class="jp-icon3-stroke cellfarm-stroke" d="${path}" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round"/></svg>`,
  });

export const farmIcon = stroke('farm', 'M4 1.5v13M4 4h5.5q2 0 2 2M4 12.5h5.5q2 0 2-2M9.5 6h4v4.5h-4z');
export const tagIcon = stroke('tag', 'M2 2.5h5.5l6.5 6.3-5.2 5.2L2 7.8zM5 5.5h.1');
export const homeIcon = stroke('home', 'M2 7.5L8 2.5l6 5M3.8 6.5V13.5h8.4V6.5M6.7 13.5v-4h2.6v4');
export const lockIcon = stroke('lock', 'M3.5 7.5h9v6h-9zM5.5 7.5V5a2.5 2.5 0 0 1 5 0v2.5');
export const arrowIcon = stroke('arrow', 'M2.5 8h11M10 4.5L13.5 8 10 11.5');
export const fitIcon = stroke('fit', 'M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10');
export const plusIcon = stroke('plus', 'M8 3v10M3 8h10');
export const minusIcon = stroke('minus', 'M3 8h10');

const targets = {
  cpu: stroke(
    'cpu',
    'M4 4h8v8H4zM6.5 6.5h3v3h-3zM6 4V2M10 4V2M6 14v-2M10 14v-2M4 6H2M4 10H2M14 6h-2M14 10h-2',
  ),
  docker: stroke('docker', 'M2 5.5h12v7H2zM5 5.5v7M8 5.5v7M11 5.5v7M2 5.5l1.5-2.5h9L14 5.5'),
  kubernetes: stroke(
    'kubernetes',
    'M8 1.6l5.6 3.2v6.4L8 14.4l-5.6-3.2V4.8zM8 5.5v5M5.8 6.8l4.4 2.4M10.2 6.8L5.8 9.2',
  ),
  slurm: stroke('slurm', 'M2 3h12M2 6.5h12M2 10h8M2 13.5h5'),
  target: arrowIcon,
};

export const targetIcons: Readonly<Record<keyof typeof targets, LabIcon>> = targets;
